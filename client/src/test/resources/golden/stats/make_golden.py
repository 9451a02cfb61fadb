"""Writes the golden values of dev.synthorax.client.stats: scipy and statsmodels where they have the
test, else numpy straight from the published formula. Run: python make_golden.py"""

import itertools
import json
import pathlib
import sys

import numpy as np
import scipy
import scipy.stats as st
import statsmodels
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

HERE = pathlib.Path(__file__).parent
SIDES = {"greater": "greater", "less": "less", "two-sided": "two-sided"}


def write(name, cases):
    text = ",\n".join(json.dumps(case) for case in cases)
    (HERE / name).write_text("[\n" + text + "\n]\n")


def numbers(array):
    return [float(x) for x in array]


def differences(rng, n, kind):
    """Distinct values; or rounded ones, with ties; or rounded ones with zeros."""
    d = rng.normal(0.3, 1.0, n)
    if kind == "ties":
        d = np.where(np.abs(np.round(d, 1)) < 0.05, 0.1, np.round(d, 1))
    if kind == "zeros":
        d = np.round(d, 0)
    return d


def paired_t():
    rng = np.random.default_rng(1)
    cases = []
    for n in [2, 3, 4, 5, 7, 10, 20, 50, 200]:
        for scale in [1.0, 0.01]:
            d = rng.normal(0.4, 1.0, n) * scale
            case = {"differences": numbers(d), "p": {}}
            for side in SIDES:
                result = st.ttest_1samp(d, 0, alternative=side)
                case["p"][side] = float(result.pvalue)
            case["t"] = float(result.statistic)
            for confidence in [0.9, 0.95, 0.99]:
                low, high = st.ttest_1samp(d, 0).confidence_interval(confidence)
                case[f"ci{confidence}"] = [float(low), float(high)]
            ratio = float(rng.uniform(0.05, 0.5))
            se = np.sqrt((1 / n + ratio) * d.var(ddof=1))  # Nadeau and Bengio 2003
            t = d.mean() / se
            half = st.t.isf(0.025, n - 1) * se
            case["nadeauBengio"] = {
                "ratio": ratio,
                "t": float(t),
                "p": {
                    "greater": float(st.t.sf(t, n - 1)),
                    "less": float(st.t.cdf(t, n - 1)),
                    "two-sided": float(2 * st.t.sf(abs(t), n - 1)),
                },
                "ci": [float(d.mean() - half), float(d.mean() + half)],
            }
            cases.append(case)
    write("paired_t.json", cases)


def all_flips(values):
    """Sums of values over all sign flips."""
    return np.array([np.dot(s, values) for s in itertools.product([1, -1], repeat=len(values))])


def tails(observed, null):
    eps = 1e-9
    greater = float(np.mean(null >= observed - eps))
    less = float(np.mean(null <= observed + eps))
    return {"greater": greater, "less": less, "two-sided": min(1.0, 2 * min(greater, less))}


def wilcoxon():
    rng = np.random.default_rng(2)
    cases = []
    for n in [2, 3, 5, 8, 10, 12, 25, 50, 51, 120]:
        for kind in ["distinct", "ties", "zeros"]:
            d = differences(rng, n, kind)
            if not np.any(d):
                d[0] = 1
            ranks = st.rankdata(np.abs(d))
            irregular = len(set(np.abs(d))) < n or np.any(d == 0)
            case = {"differences": numbers(d), "statistic": float(ranks[d > 0].sum()), "p": {}}
            if not irregular and n <= 50:
                case["form"] = "exact"
                for side in SIDES:
                    case["p"][side] = float(st.wilcoxon(d, alternative=side, method="exact").pvalue)
            elif n <= 20:
                case["form"] = "exact over all sign flips"
                signed = np.sign(d) * ranks
                case["p"] = tails(signed.sum(), all_flips(signed))
            else:
                case["form"] = "normal approximation"
                for side in SIDES:
                    case["p"][side] = float(
                        st.wilcoxon(
                            d, alternative=side, method="asymptotic", zero_method="pratt",
                            correction=True
                        ).pvalue
                    )
            cases.append(case)
    write("wilcoxon.json", cases)


def permutation():
    rng = np.random.default_rng(3)
    cases = []
    for n in [2, 3, 4, 6, 8, 10, 12]:
        for kind in ["distinct", "ties", "zeros"]:
            d = differences(rng, n, kind)
            case = {"differences": numbers(d), "clusters": [str(i) for i in range(n)], "p": {}}
            for side in SIDES:
                case["p"][side] = float(
                    st.permutation_test(
                        (d,), np.mean, permutation_type="samples", alternative=side, n_resamples=np.inf
                    ).pvalue
                )
            cases.append(case)
    for n in [6, 15, 24]:  # images of patients: whole patients are flipped
        d = rng.normal(0.3, 1, n)
        owner = rng.integers(0, max(3, n // 3), n)
        sums = np.array([d[owner == o].sum() for o in sorted(set(owner.tolist()))])
        cases.append(
            {
                "differences": numbers(d),
                "clusters": [f"p{o}" for o in owner],
                "p": tails(d.sum(), all_flips(sums)),
            }
        )
    write("permutation.json", cases)


def mcnemar_cases():
    rng = np.random.default_rng(4)
    cases = []
    pairs = [(0, 0), (0, 1), (3, 3), (1, 9), (12, 12), (24, 0), (25, 0), (12, 13), (40, 10)]
    pairs += [tuple(int(x) for x in rng.integers(0, 40, 2)) for _ in range(25)]
    for b, c in pairs:
        n = b + c + int(rng.integers(1, 200))
        table = [[5, b], [c, n - b - c - 5]]
        exact = b + c < 25
        two_sided = mcnemar(table, exact=exact, correction=True).pvalue
        if exact:
            greater = st.binom.sf(b - 1, b + c, 0.5)
            less = st.binom.cdf(b, b + c, 0.5)
        else:
            z = np.sign(b - c) * max(0, abs(b - c) - 1) / np.sqrt(b + c)
            greater, less = st.norm.sf(z), st.norm.cdf(z)
            if b == c:
                two_sided = 1.0  # statsmodels squares -1 here; the statistic is taken as 0
        d = (b - c) / n
        half = st.norm.isf(0.025) * np.sqrt(b + c - (b - c) ** 2 / n) / n
        cases.append(
            {
                "b": b,
                "c": c,
                "n": n,
                "exact": exact,
                "p": {"greater": float(greater), "less": float(less), "two-sided": float(two_sided)},
                "ci": [float(d - half), float(d + half)],
            }
        )
    write("mcnemar.json", cases)


def auroc(x, y):
    return float(np.mean((x[:, None] > y[None, :]) + 0.5 * (x[:, None] == y[None, :])))


def delong():
    rng = np.random.default_rng(5)
    cases = []
    for n in [6, 10, 25, 60, 150]:
        for kind in ["distinct", "ties"]:
            for _ in range(3):
                truth = rng.permutation((np.arange(n) < max(2, n // 3)).astype(int))
                a = truth * 0.8 + rng.normal(0, 1, n)
                b = truth * 0.4 + 0.5 * a + rng.normal(0, 1, n)
                if kind == "ties":
                    a, b = np.round(a, 0), np.round(b, 0)
                # DeLong et al. 1988, eqs. 4 to 6, by all pairs
                v10, v01, areas = [], [], []
                for s in (a, b):
                    x, y = s[truth == 1], s[truth == 0]
                    psi = (x[:, None] > y[None, :]) + 0.5 * (x[:, None] == y[None, :])
                    v10.append(psi.mean(1))
                    v01.append(psi.mean(0))
                    areas.append(psi.mean())
                cov = np.cov(v10) / (truth == 1).sum() + np.cov(v01) / (truth == 0).sum()
                var = cov[0, 0] + cov[1, 1] - 2 * cov[0, 1]
                d = areas[0] - areas[1]
                z = d / np.sqrt(var)
                half = st.norm.isf(0.025) * np.sqrt(var)
                cases.append(
                    {
                        "truth": truth.tolist(),
                        "arm": numbers(a),
                        "baseline": numbers(b),
                        "difference": float(d),
                        "z": float(z),
                        "p": {
                            "greater": float(st.norm.sf(z)),
                            "less": float(st.norm.cdf(z)),
                            "two-sided": float(2 * st.norm.sf(abs(z))),
                        },
                        "ci": [float(d - half), float(d + half)],
                    }
                )
    write("delong.json", cases)


def split_mix_64(seed):
    """SplitMix64 (Steele et al. 2014)."""
    mask = (1 << 64) - 1
    state = seed & mask
    while True:
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        yield z ^ (z >> 31)


def bootstrap_case(statistic, owners, seed, count):
    """Percentile and BCa intervals (Efron 1987) over clusters of units."""
    names = list(dict.fromkeys(owners))
    units = [np.array([i for i, o in enumerate(owners) if o == name]) for name in names]
    random = split_mix_64(seed)
    values = []
    while len(values) < count:
        drawn = [(next(random) * len(names)) >> 64 for _ in names]
        value = statistic(np.concatenate([units[k] for k in drawn]))
        if not np.isnan(value):
            values.append(value)
    values = np.array(values)
    estimate = statistic(np.arange(len(owners)))
    jack = np.array(
        [statistic(np.concatenate([u for j, u in enumerate(units) if j != k])) for k in range(len(units))]
    )
    dev = jack.mean() - jack
    a = (dev**3).sum() / (6 * (dev**2).sum() ** 1.5)
    eps = 1e-12
    below, upto = np.sum(values < estimate - eps), np.sum(values <= estimate + eps)
    z0 = st.norm.ppf((below + upto) / 2 / count)
    bca = []
    for z in (st.norm.ppf(0.025), st.norm.ppf(0.975)):
        bca.append(float(np.quantile(values, st.norm.cdf(z0 + (z0 + z) / (1 - a * (z0 + z))))))
    upper = (1 + np.sum(values <= eps)) / (count + 1)
    lower = (1 + np.sum(values >= -eps)) / (count + 1)
    return {
        "seed": seed,
        "count": count,
        "estimate": float(estimate),
        "percentile": numbers(np.quantile(values, [0.025, 0.975])),
        "bca": bca,
        "p": {"greater": float(upper), "less": float(lower), "two-sided": float(min(1, 2 * min(upper, lower)))},
    }


def bootstrap():
    rng = np.random.default_rng(6)
    cases = []
    for n, seed in [(8, 0), (30, 7), (60, -3)]:
        d = rng.normal(0.2, 1, n) ** 3
        owners = [f"p{i}" for i in rng.integers(0, max(4, n // 2), n)]
        case = bootstrap_case(lambda idx, d=d: d[idx].mean(), owners, seed, 2000)
        cases.append(case | {"differences": numbers(d), "clusters": owners})
    for n, seed in [(16, 1), (40, 2)]:
        truth = rng.permutation((np.arange(n) < n // 3).astype(int))
        a = np.round(truth * 1.0 + rng.normal(0, 1, n), 1)
        b = np.round(truth * 0.6 + rng.normal(0, 1, n), 1)
        owners = [f"p{i}" for i in rng.integers(0, n // 2, n)]

        def difference(idx, truth=truth, a=a, b=b):
            t = truth[idx] == 1
            if t.all() or not t.any():
                return np.nan
            return auroc(a[idx][t], a[idx][~t]) - auroc(b[idx][t], b[idx][~t])

        case = bootstrap_case(difference, owners, seed, 2000)
        cases.append(
            case | {"truth": truth.tolist(), "arm": numbers(a), "baseline": numbers(b), "clusters": owners}
        )
    write("bootstrap.json", cases)


def adjustments():
    rng = np.random.default_rng(7)
    cases = []
    for m in [1, 2, 3, 5, 10, 30]:
        for kind in range(3):
            p = rng.uniform(0, 1, m) ** (1 + 2 * kind)
            if kind == 2 and m > 2:
                p[1] = p[0]
            case = {"p": numbers(p)}
            for ours, theirs in [("bonferroni", "bonferroni"), ("holm", "holm"), ("bh", "fdr_bh")]:
                case[ours] = numbers(multipletests(p, method=theirs)[1])
            cases.append(case)
    write("adjustment.json", cases)


def power():
    cases = []
    for n in [2, 3, 5, 10, 30, 200]:
        for dz in [-0.5, 0.0, 0.2, 0.8, 2.5]:
            for alpha in [0.05, 0.01, 0.00125]:
                df, nc = n - 1, dz * np.sqrt(n)
                one, two = st.t.isf(alpha, df), st.t.isf(alpha / 2, df)
                cases.append(
                    {
                        "n": n,
                        "dz": dz,
                        "alpha": alpha,
                        "greater": float(st.nct.sf(one, df, nc)),
                        "less": float(st.nct.sf(one, df, -nc)),
                        "two-sided": float(st.nct.sf(two, df, nc) + st.nct.sf(two, df, -nc)),
                    }
                )
    write("power.json", cases)


def published():
    """Mean, 95 % interval and P as printed in the abstract of Prakash et al. 2025."""
    write(
        "published.json",
        [
            {"mean": 0.150453, "ciLow": 0.099108, "ciHigh": 0.201798, "n": 3, "p": "0.0031"},
            {"mean": 0.14575, "ciLow": 0.108267, "ciHigh": 0.183233, "n": 2, "p": "0.0064"},
        ],
    )


if __name__ == "__main__":
    paired_t(); wilcoxon(); permutation(); mcnemar_cases(); delong(); bootstrap()
    adjustments(); power(); published()
    print(sys.version.split()[0], np.__version__, scipy.__version__, statsmodels.__version__)
