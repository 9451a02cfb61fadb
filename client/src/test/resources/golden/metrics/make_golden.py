"""Writes the golden values of dev.synthorax.client.metrics with the packages named in SOURCE.md, else
NumPy straight from the published formula. Run: python make_golden.py"""

import json
import pathlib
import warnings

import numpy as np
import scipy.linalg
import scipy.ndimage as ndi
import sklearn.calibration
import sklearn.metrics as sk
import skimage.feature
import torch
from monai.metrics import compute_hausdorff_distance, compute_surface_dice

np.Inf = np.inf  # surface-distance 0.1 is older than NumPy 2
import surface_distance  # noqa: E402
from pytorch_msssim.ssim import _ssim  # noqa: E402
from pytorch_msssim import ms_ssim  # noqa: E402

HERE = pathlib.Path(__file__).parent
warnings.filterwarnings("ignore")


def write(name, cases):
    (HERE / name).write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")


def number(x):
    x = float(x)
    return x if np.isfinite(x) else ("inf" if x > 0 else "nan")


def numbers(a):
    return [float(x) for x in np.asarray(a).ravel()]


def rows(mask):
    return ["".join("#" if v else "." for v in row) for row in mask]


# ---- segmentation


def blob(rng, h, w):
    """A smooth random blob, a few pixels, a shape at the border, or nothing."""
    kind = rng.integers(0, 6)
    if kind == 0:
        return np.zeros((h, w), bool)
    if kind == 1:
        return rng.random((h, w)) < 0.05
    noise = ndi.gaussian_filter(rng.normal(size=(h, w)), rng.uniform(1, 4), mode="wrap")
    return noise > np.quantile(noise, rng.uniform(0.5, 0.95))


def segmentation():
    rng = np.random.default_rng(11)
    cases = []
    for i in range(60):
        h, w = int(rng.integers(1, 40)), int(rng.integers(1, 40))
        truth, prediction = blob(rng, h, w), blob(rng, h, w)
        if i % 3 == 0:
            prediction = np.roll(truth, rng.integers(-3, 4, 2), (0, 1)) ^ (rng.random((h, w)) < 0.02)
        if i == 1:
            truth = prediction = np.zeros((h, w), bool)
        if i == 2:
            truth = prediction = np.ones((h, w), bool)
        spacing = [1.0, 1.0] if i % 2 == 0 else numbers(rng.uniform(0.2, 2, 2))
        tolerance = float(rng.choice([0.0, 1.0, 2.5]))
        case = {
            "truth": rows(truth),
            "prediction": rows(prediction),
            "spacing": spacing,
            "tolerance": tolerance,
        }
        tp = int((truth & prediction).sum())
        fp, fn = int((~truth & prediction).sum()), int((truth & ~prediction).sum())
        case["dice"] = number(2 * tp / (2 * tp + fp + fn)) if tp + fp + fn else "nan"
        case["iou"] = number(tp / (tp + fp + fn)) if tp + fp + fn else "nan"
        sd = surface_distance.compute_surface_distances(truth, prediction, spacing)
        case["elements"] = {
            "hd95": number(surface_distance.compute_robust_hausdorff(sd, 95)),
            "hd100": number(surface_distance.compute_robust_hausdorff(sd, 100)),
            "nsd": number(surface_distance.compute_surface_dice_at_tolerance(sd, tolerance)),
        }
        # MONAI computes in float32; the same definition here in float64, and MONAI to check it
        ref = edge_pixels(truth, prediction, spacing, tolerance)
        t = torch.tensor(np.stack([truth, prediction]))[:, None, None].float()
        monai_hd = compute_hausdorff_distance(
            t[1], t[0], include_background=True, percentile=95, spacing=spacing
        )
        monai_nsd = compute_surface_dice(
            t[1], t[0], [tolerance], include_background=True, spacing=spacing
        )
        if truth.any() and prediction.any():
            assert abs(float(monai_hd) - ref["hd95"]) < 1e-4, (i, monai_hd, ref)
            if tolerance != 0 and tolerance not in ref["distances"]:
                assert abs(float(monai_nsd) - ref["nsd"]) < 1e-6, (i, monai_nsd, ref)
        del ref["distances"]
        case["edges"] = {k: number(v) for k, v in ref.items()}
        cases.append(case)
    write("segmentation.json", cases)


def edge_pixels(truth, prediction, spacing, tolerance):
    edges = [m ^ ndi.binary_erosion(m) for m in (truth, prediction)]
    if not edges[0].any() or not edges[1].any():
        both = not edges[0].any() and not edges[1].any()
        return {"hd95": np.nan if both else np.inf, "hd100": np.nan if both else np.inf,
                "nsd": np.nan if both else 0.0, "distances": set()}
    d = [ndi.distance_transform_edt(~edges[1 - i], sampling=spacing)[edges[i]] for i in (0, 1)]
    return {
        "hd95": max(np.quantile(x, 0.95) for x in d),
        "hd100": max(x.max() for x in d),
        "nsd": sum((x <= tolerance).sum() for x in d) / sum(x.size for x in d),
        "distances": set(np.concatenate(d).tolist()),
    }


# ---- classification


def classification():
    rng = np.random.default_rng(12)
    cases = []
    for i in range(40):
        n = int(rng.choice([2, 3, 5, 10, 30, 100, 300]))
        truth = (rng.random(n) < rng.uniform(0.1, 0.6)).astype(int)
        if i % 8 != 0:
            truth[0], truth[-1] = 1, 0
        score = 1 / (1 + np.exp(-(rng.normal(0, 1, n) + 1.5 * truth - 1)))
        if i % 2:
            score = np.round(score, 1)
        case = {"truth": truth.tolist(), "scores": numbers(score)}
        one = truth.all() or not truth.any()
        case["auroc"] = "nan" if one else number(sk.roc_auc_score(truth, score))
        case["averagePrecision"] = (
            number(sk.average_precision_score(truth, score)) if truth.any() else "nan"
        )
        case["brier"] = number(np.mean((score - truth) ** 2))
        if not one:
            assert abs(case["brier"] - sk.brier_score_loss(truth, score)) < 1e-12
        for name, strategy in [("equalWidth", "uniform"), ("equalMass", "quantile")]:
            edges = np.linspace(0, 1, 16) if strategy == "uniform" else exact_quantiles(score)
            ids = np.searchsorted(edges[1:-1], score)
            bins = [ids == b for b in range(15) if (ids == b).any()]
            rate = np.array([truth[b].mean() for b in bins])
            mean = np.array([score[b].mean() for b in bins])
            hits = strategy == "quantile" and any(k * (n - 1) % 15 == 0 for k in range(1, 15))
            if not one and not hits:  # scikit-learn rounds a quantile that is one of the scores
                sk_rate, sk_mean = sklearn.calibration.calibration_curve(
                    truth, score, n_bins=15, strategy=strategy
                )
                assert np.allclose(rate, sk_rate, atol=1e-12) and np.allclose(mean, sk_mean, atol=1e-12)
            count = np.array([b.sum() for b in bins])
            case[name] = {
                "ece": number((count * np.abs(mean - rate)).sum() / n),
                "count": count.tolist(),
                "meanScore": numbers(mean),
                "positiveRate": numbers(rate),
            }
        predicted = (score >= 0.5).astype(int)
        case["decisions"] = decisions(truth, predicted)
        if truth.any():
            precision, recall, thresholds = sk.precision_recall_curve(truth, score)
            f1 = np.array([sk.f1_score(truth, score >= t) for t in thresholds])
            case["threshold"] = number(thresholds[np.flatnonzero(f1 >= f1.max() - 1e-12)[0]])
        cases.append(case)
    write("classification.json", cases)


def exact_quantiles(score):
    """Type 7 quantiles at k / 15, their positions in whole numbers."""
    s, edges = np.sort(score), []
    for k in range(16):
        low, rest = divmod(k * (len(s) - 1), 15)
        edges.append(s[low] if rest == 0 else s[low] + rest / 15 * (s[low + 1] - s[low]))
    return np.array(edges)


def decisions(truth, predicted):
    result = {"matthews": number(sk.matthews_corrcoef(truth, predicted))}
    for zero, name in ((0, "zero"), (1, "one")):
        result[name] = {
            "f1": number(sk.f1_score(truth, predicted, zero_division=zero)),
            "precision": number(sk.precision_score(truth, predicted, zero_division=zero)),
            "recall": number(sk.recall_score(truth, predicted, zero_division=zero)),
            "specificity": number(sk.recall_score(truth, predicted, pos_label=0, zero_division=zero)),
        }
    return result


def multilabel():
    rng = np.random.default_rng(13)
    cases = []
    for i in range(34):
        n, k = int(rng.integers(2, 60)), int(rng.integers(2, 7))
        truth = (rng.random((n, k)) < rng.uniform(0.02, 0.5, k)).astype(int)
        if i >= 30:  # no label has a positive: all weights of the weighted mean are 0
            truth[:] = 0
        score = np.round(np.clip(rng.uniform(0, 1, (n, k)) * 0.7 + 0.3 * truth, 0, 1), 2)
        predicted = (score >= 0.5).astype(int)
        case = {"truth": truth.T.tolist(), "scores": [numbers(c) for c in score.T]}
        for zero, name in ((0, "zero"), (1, "one"), (np.nan, "undefined")):
            case[name] = {
                a: number(sk.f1_score(truth, predicted, average=a, zero_division=zero))
                for a in ("macro", "micro", "weighted", "samples")
            }
        cases.append(case)
    write("multilabel.json", cases)


# ---- fidelity


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


def draw(n, size, random):
    order = list(range(n))
    for i in range(size):
        j = i + ((next(random) * (n - i)) >> 64)
        order[i], order[j] = order[j], order[i]
    return order[:size]


def pairwise(a, b):
    return ((a[:, None, :] - b[None, :, :]) ** 2).sum(-1)


def fidelity():
    rng = np.random.default_rng(14)
    cases = []
    for n, m, d in [(12, 9, 3), (40, 40, 6), (30, 50, 12), (25, 20, 30)]:
        a = rng.normal(0, 1, (n, d)) @ rng.normal(0, 1, (d, d))
        b = rng.normal(0.3, 1.2, (m, d)) @ rng.normal(0, 1, (d, d))
        s1, s2 = np.cov(a.T), np.cov(b.T)
        # tr((S1 S2)^1/2) as the sum of the roots of the eigenvalues of S1 S2
        eig = np.linalg.eigvals(s1 @ s2).real
        frechet = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(s1) + np.trace(s2)
        frechet -= 2 * np.sqrt(np.clip(eig, 0, None)).sum()
        if min(n, m) > d:
            root = scipy.linalg.sqrtm(s1 @ s2).real
            direct = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(s1 + s2 - 2 * root)
            assert abs(direct - frechet) < 1e-8 * abs(frechet)
        # Binkowski et al. 2018, eq. 4, over subsets
        random, size, values = split_mix_64(n), min(n, m) // 2, []
        for _ in range(20):
            x, y = a[draw(n, size, random)], b[draw(m, size, random)]
            k = lambda p, q: (p @ q.T / d + 1) ** 3
            xx, yy, xy = k(x, x), k(y, y), k(x, y)
            values.append(
                (xx.sum() - np.trace(xx) + yy.sum() - np.trace(yy)) / (size * (size - 1)) - 2 * xy.mean()
            )
        # Naeem et al. 2020, eqs. 1 to 6
        near = 5
        rr, ff, rf = pairwise(a, a), pairwise(b, b), pairwise(a, b)
        radius_r, radius_f = np.sort(rr, 1)[:, near], np.sort(ff, 1)[:, near]
        cases.append(
            {
                "real": [numbers(x) for x in a],
                "synthetic": [numbers(x) for x in b],
                "frechet": float(frechet),
                "singular": min(n, m) <= d,
                "kernel": {"seed": n, "size": size, "mean": float(np.mean(values)), "sd": float(np.std(values, ddof=1))},
                "precision": float((rf < radius_r[:, None]).any(0).mean()),
                "recall": float((rf < radius_f[None, :]).any(1).mean()),
                "density": float((rf < radius_r[:, None]).sum(0).mean() / near),
                "coverage": float((rf.min(1) < radius_r).mean()),
            }
        )
    write("fidelity.json", cases)


def picture(kind, side):
    """Test pictures by integer arithmetic alone, so that Java makes the same; see GoldenPictures."""
    y, x = np.mgrid[0:side, 0:side].astype(np.int64)
    if kind == 0:
        return (x * 255 // (side - 1)).astype(np.uint8)
    if kind == 1:
        return ((x * x + 3 * y * y) // 97 % 256).astype(np.uint8)
    if kind == 2:
        return np.where((x - side // 2) ** 2 + (y - side // 3) ** 2 < (side // 4) ** 2, 200, 40).astype(np.uint8)
    if kind == 3:
        return ((x * 7919 + y * 104729 + x * y * 31) % 251).astype(np.uint8)
    return np.full((side, side), 77, np.uint8)


def texture_of(u8):
    g = u8 / 255.0
    f = [g.mean(), g.std()]
    c = g - g.mean()
    m2 = (c**2).mean() if u8.min() < u8.max() else 0
    f += [(c**3).mean() / m2**1.5 if m2 > 0 else 0, (c**4).mean() / m2**2 if m2 > 0 else 0]
    f += list(np.quantile(g, [0.05, 0.25, 0.5, 0.75, 0.95]))
    p = np.bincount(u8.ravel() >> 2, minlength=64) / u8.size
    f.append(-(p[p > 0] * np.log(p[p > 0])).sum())
    f += list(g.reshape(4, 64, 4, 64).mean((1, 3)).ravel())
    s = g
    for _ in range(5):
        a, b, c, d = s[::2, ::2], s[::2, 1::2], s[1::2, ::2], s[1::2, 1::2]
        for detail in (a - b + c - d, a + b - c - d, a - b - c + d):
            f.append(np.log(((detail / 2) ** 2).mean() + 1e-8))
        s = (a + b + c + d) / 2
    for distance in (1, 4):
        glcm = skimage.feature.graycomatrix(
            u8 >> 4, [distance], [0, np.pi / 4, np.pi / 2, 3 * np.pi / 4], levels=16, symmetric=True, normed=True
        )
        # skimage rounds a diagonal offset to the pixel: (4, 4) is asked for as 4 * sqrt(2)
        if distance > 1:
            far = skimage.feature.graycomatrix(
                u8 >> 4, [distance * np.sqrt(2)], [np.pi / 4, 3 * np.pi / 4], levels=16, symmetric=True, normed=True
            )
            glcm[:, :, 0, 1], glcm[:, :, 0, 3] = far[:, :, 0, 0], far[:, :, 0, 1]
        for name in ("contrast", "correlation", "ASM", "homogeneity"):
            f.append(skimage.feature.graycoprops(glcm, name).mean())
        with np.errstate(divide="ignore", invalid="ignore"):
            f.append(-np.nansum(np.where(glcm > 0, glcm * np.log(glcm), 0), (0, 1)).mean())
    v = u8.astype(int)
    gx, gy = v[1:-1, 2:] - v[1:-1, :-2], v[2:, 1:-1] - v[:-2, 1:-1]
    magnitude = np.hypot(gx, gy)
    bins = ((np.arctan2(gy, gx) + np.pi + np.pi / 16) // (np.pi / 8)).astype(int) % 8
    total = magnitude.sum()
    f += [magnitude[bins == k].sum() / total if total else 0 for k in range(8)]
    return numbers(f)


def pictures():
    write("texture.json", [{"kind": k, "features": texture_of(picture(k, 256))} for k in range(5)])
    # the package's own window is float32
    window = torch.exp(-((torch.arange(11, dtype=torch.float64) - 5) ** 2) / (2 * 1.5**2))
    window = (window / window.sum()).reshape(1, 1, 1, -1)
    cases = []
    for side in (176, 192, 256):
        for a, b in [(0, 1), (1, 2), (2, 3), (0, 2), (3, 4)]:
            # a picture against itself mixed with another, as pictures of a kind are
            x = picture(a, side)
            y = ((3 * x.astype(int) + picture(b, side)) // 4).astype(np.uint8)
            t = [torch.tensor(i.astype(np.float64))[None, None] for i in (x, y)]
            value = ms_ssim(*t, data_range=255, size_average=False, win=window)
            cases.append({"side": side, "a": a, "b": b, "scales": 5, "msSsim": float(value)})
            assert abs(fewer_scales(*t, window, 5) - float(value)) < 1e-12
    for side, scales in ((128, 4), (88, 4), (87, 3), (64, 3), (22, 2), (11, 1)):
        for a, b in [(0, 1), (2, 3)]:
            x = picture(a, side)
            y = ((3 * x.astype(int) + picture(b, side)) // 4).astype(np.uint8)
            t = [torch.tensor(i.astype(np.float64))[None, None] for i in (x, y)]
            cases.append({"side": side, "a": a, "b": b, "scales": scales, "msSsim": fewer_scales(*t, window, scales)})
    write("ms_ssim.json", cases)


def fewer_scales(x, y, window, scales):
    """pytorch-msssim's own terms of each scale, which it combines at five scales alone."""
    weights = np.array([0.0448, 0.2856, 0.3001, 0.2363, 0.1333])[:scales]
    if scales < 5:
        weights = weights / weights.sum()
    product = 1.0
    for scale in range(scales):
        similarity, contrast = _ssim(x, y, data_range=255, win=window)
        term = similarity if scale == scales - 1 else contrast
        product *= max(0.0, float(term)) ** weights[scale]
        x, y = (torch.nn.functional.avg_pool2d(v[..., : v.shape[-2] // 2 * 2, : v.shape[-1] // 2 * 2], 2) for v in (x, y))
    return product


if __name__ == "__main__":
    segmentation(); classification(); multilabel(); fidelity(); pictures()
