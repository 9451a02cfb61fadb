"""Compares how the client and pydicom read DICOM files. Usage: python compare.py CLASSPATH FOLDER...

CLASSPATH holds the client (client/target/classes and client/target/classpath.txt). Of each folder every DICOM file with one
frame of pixels is read by both. Stored values must be equal, luma of colour within 1; of what loses (JPEG, lossy JPEG 2000)
values of 8 bits within 1, deeper ones within 1/4096 of their range. The grey of monochrome is compared with apply_voi_lut.
"""

import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pydicom
from pydicom.pixels import apply_modality_lut, apply_voi_lut, pixel_array

warnings.filterwarnings("ignore")
LOSSY = {"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.91"}


def candidates(folders):
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if not path.is_file():
                continue
            try:
                ds = pydicom.dcmread(path, force=True)
                if "PixelData" not in ds or "Rows" not in ds:
                    continue
                frames = int(str(ds.get("NumberOfFrames", 1) or 1))
            except Exception:
                continue
            yield path, ds, frames


def syntax(ds):
    return str(getattr(ds.file_meta, "TransferSyntaxUID", "none"))


def luma(rgb):
    return (299 * rgb[..., 0] + 587 * rgb[..., 1] + 114 * rgb[..., 2] + 500) // 1000


def by_pydicom(ds):
    """Returns stored values as the client means them: of luma and chroma the luma, of colours their luma."""
    if not getattr(ds.file_meta, "TransferSyntaxUID", None):
        ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2" if ds.original_encoding[0] else "1.2.840.10008.1.2.1"
    array, properties = np.array(0), {}
    from pydicom.pixels import get_decoder

    decoder = get_decoder(ds.file_meta.TransferSyntaxUID)
    array, properties = decoder.as_array(ds, raw=True, index=0)
    array = array.astype(np.int64)
    if array.ndim == 3:
        photometric = str(properties["photometric_interpretation"])
        array = array[..., 0] if photometric.startswith("YBR_FULL") else luma(array)
    return array


def grey(ds, stored):
    """Returns the 8-bit grey by pydicom's look-up tables, or None where pydicom has none or the rule is the client's own."""
    if ds.PhotometricInterpretation not in ("MONOCHROME1", "MONOCHROME2"):
        return None
    try:
        if "VOILUTSequence" in ds or "WindowWidth" in ds:
            value = apply_voi_lut(apply_modality_lut(stored, ds), ds).astype(np.float64)
        else:
            return None
    except Exception:
        return None
    return value


def main():
    classpath, folders = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        files = list(candidates(folders))
        (scratch / "list").write_text("\n".join(str(path.resolve()) for path, _, _ in files) + "\n")
        here = Path(__file__).parent
        subprocess.run(["java", "-cp", classpath, str(here / "DicomValues.java"), str(scratch / "list"), str(scratch)], check=True)
        counts = Counter()
        for i, (path, ds, frames) in enumerate(files):
            verdict, note = compare(scratch / str(i), ds, frames)
            counts[verdict] += 1
            layout = f"{ds.PhotometricInterpretation}, {ds.BitsStored}{' signed' if ds.PixelRepresentation else ''}"
            print(f"| {path.name} | {pydicom.uid.UID(syntax(ds)).name} | {layout} | {verdict} | {note} |")
        print(dict(counts))


def compare(base, ds, frames):
    if frames > 1:
        error = base.with_suffix(".error")
        return ("several frames", "") if error.exists() else ("WRONG", "several frames were read as one")
    try:
        expected = by_pydicom(ds)
    except Exception as e:
        read = base.with_suffix(".values").exists()
        return "only the client" if read else "neither", str(e).splitlines()[0][:90] if read else base.with_suffix(".error").read_text()
    if not base.with_suffix(".values").exists():
        return "refused", base.with_suffix(".error").read_text()
    data = base.with_suffix(".values").read_bytes()
    stored = np.frombuffer(data[: 4 * expected.size], "<i4").astype(np.int64)
    if len(data) != 5 * expected.size:
        return "WRONG", f"{len(data) // 5} pixels, not {expected.size}"
    difference = int(np.abs(stored - expected.ravel()).max())
    lossy = syntax(ds) in LOSSY
    allowed = max(1, (1 << ds.BitsStored) >> 12) if lossy else 0
    if difference > allowed:
        return "WRONG", f"stored values differ by up to {difference}"
    return "equal", f"within {difference}" if difference else ""


main()
