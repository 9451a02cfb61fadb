"""Compares how the client and pydicom read DICOM files. Usage: python compare.py CLASSPATH FOLDER...

CLASSPATH holds the client: client/target/classes and what client/target/classpath.txt lists. Every DICOM file with pixels is read by
both. Stored values must be equal, of colour their luma; of what loses (JPEG, lossy JPEG 2000) within 1, beyond 10 bits within 2:
OpenJPEG's 9/7 wavelet scales by a rounded constant, and pylibjpeg's 12-bit cosine transform is 2 off libjpeg-turbo's, which is
therefore taken (imagecodecs).
"""

import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
from pydicom.encaps import generate_frames
from pydicom.pixels import get_decoder

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
    if syntax(ds).endswith(".4.51") and ds.BitsStored == 12:
        return imagecodecs.jpeg8_decode(next(generate_frames(ds.PixelData, number_of_frames=1))).astype(np.int64)
    decoder = get_decoder(ds.file_meta.TransferSyntaxUID)
    array, properties = decoder.as_array(ds, raw=True, index=0)
    array = array.astype(np.int64)
    if array.ndim == 3:
        photometric = str(properties["photometric_interpretation"])
        array = array[..., 0] if photometric.startswith("YBR_FULL") else luma(array)
    return array


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
            counts[pydicom.uid.UID(syntax(ds)).name, verdict] += 1
            layout = f"{ds.PhotometricInterpretation}, {ds.BitsStored}{' signed' if ds.PixelRepresentation else ''}"
            print(f"| {path.name} | {pydicom.uid.UID(syntax(ds)).name} | {layout} | {verdict} | {note} |")
        verdicts = sorted({verdict for _, verdict in counts})
        print("\n| coding |", " | ".join(verdicts), "|\n| --- |", " | ".join("---" for _ in verdicts), "|")
        for coding in sorted({coding for coding, _ in counts}):
            print(f"| {coding} |", " | ".join(str(counts[coding, verdict]) for verdict in verdicts), "|")
        print("| all |", " | ".join(str(sum(n for (_, v), n in counts.items() if v == verdict)) for verdict in verdicts), "|")


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
    allowed = (1 if ds.BitsStored <= 10 else 2) if lossy else 0
    if difference > allowed:
        return "WRONG", f"stored values differ by up to {difference}"
    return "equal", f"within {difference}" if difference else ""


main()
