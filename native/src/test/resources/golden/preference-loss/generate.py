"""The loss of Diffusion-DPO by NumPy, of pairs rated by text, by masks or by both; prints losses.json to argv[1]."""
import json
import sys

import numpy as np


def ranking(scores, gained, beta, weighted):
    """-log sigmoid(-beta / 2 (w_better * gained_better - w_worse * gained_worse)); None for a tie."""
    if scores is None or scores[0] == scores[1]:
        return None
    better = int(scores[1] > scores[0])
    worse = 1 - better
    weights = np.array(scores, dtype=np.float64) / 5 if weighted else np.ones(2)
    inside = weights[better] * gained[better] - weights[worse] * gained[worse]
    return float(-np.log(1 / (1 + np.exp(beta / 2 * inside))))


def main():
    rng = np.random.default_rng(5)
    rated = [((5, 2), None), ((1, 4), None), (None, (0, 3)), ((4, 3), (1, 5)), ((2, 2), (5, 4)), ((3.5, 0.5), (2, 2))]
    cases = []
    for beta, weighted in ((5000.0, True), (5000.0, False), (50.0, True), (2.0, False)):
        gained = rng.normal(0, 2 / beta, (len(rated), 2)).astype(np.float32)
        losses = []
        for (text, mask), moved in zip(rated, gained.astype(np.float64)):
            terms = [ranking(scores, moved, beta, weighted) for scores in (text, mask)]
            losses.append(float(np.mean([term for term in terms if term is not None])))
        cases.append(dict(beta=beta, weighted=weighted, text=[r[0] for r in rated], mask=[r[1] for r in rated],
                          gained=gained.tolist(), loss=float(np.mean(losses))))
    with open(sys.argv[1], "w") as file:
        json.dump(dict(cases=cases), file, indent=1)
        file.write("\n")


main()
