"""Small DICOM files with their stored values and 8-bit grey, by pydicom. Usage: python make_dicom.py

Needs pydicom, numpy, pillow, imagecodecs, pylibjpeg and pylibjpeg-libjpeg.
For each NAME.dcm that can be read, NAME.expected holds the stored values that pydicom decodes (int32, little endian), then
the grey (uint8): the modality and VOI transformations of PS3.3 C.11, computed here in float64 and rounded half up.
"""

import io
import json
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLossless,
    JPEGLosslessSV1, RLELossless, SecondaryCaptureImageStorage)

HERE = Path(__file__).parent
ROWS, COLUMNS = 20, 24
SKIPPED = {"deflated", "big-endian", "jpeg2000", "multi-frame", "palette"}


def ramp(low, high):
    rows, columns = np.mgrid[:ROWS, :COLUMNS]
    values = low + (high - low) * (rows * COLUMNS + columns) / (ROWS * COLUMNS - 1)
    return np.rint(values + 3 * np.sin(rows * 1.7) * np.cos(columns)).clip(low, high).astype(np.int64)


def base(array, stored, allocated=None, signed=False, photometric="MONOCHROME2", **extra):
    allocated = allocated or (8 if stored <= 8 else 16)
    ds = Dataset()
    ds.SOPClassUID = SecondaryCaptureImageStorage
    ds.SOPInstanceUID = "1.2.826.0.1.3680043.8.498.1"
    ds.StudyInstanceUID = "1.2.826.0.1.3680043.8.498.2"
    ds.SeriesInstanceUID = "1.2.826.0.1.3680043.8.498.3"
    ds.PatientID = "nobody"
    ds.PatientName = "Made^Up"
    ds.PatientSex = "F"
    ds.PatientAge = "034Y"
    ds.ViewPosition = "PA"
    ds.Modality = "CR"
    ds.PixelSpacing = [0.143, 0.144]
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = photometric
    ds.Rows, ds.Columns = array.shape[:2]
    ds.BitsAllocated = allocated
    ds.BitsStored = stored
    ds.HighBit = stored - 1
    ds.PixelRepresentation = int(signed)
    for name, value in extra.items():
        setattr(ds, name, value)
    kind = f"<{'i' if signed else 'u'}{allocated // 8}"
    if array.ndim == 2:
        ds.PixelData = array.astype(kind).tobytes()
    return ds


def write(name, ds, syntax=ExplicitVRLittleEndian, preamble=True, meta=True):
    path = HERE / f"{name}.dcm"
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    pydicom.dcmwrite(path, ds, enforce_file_format=True)
    if not preamble:
        path.write_bytes(path.read_bytes()[132:])
    if not meta:
        data = path.read_bytes()
        path.write_bytes(data[132 + 12 + int.from_bytes(data[140:144], "little"):])
    return path


def unsigned_pixels(ds):
    return np.frombuffer(ds.PixelData, np.uint8 if ds.BitsAllocated == 8 else "<u2").reshape(ds.Rows, ds.Columns)


def encapsulated(ds, syntax, *frames):
    ds.PixelData = encapsulate(list(frames))
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    return syntax


def lut_item(first, entries, bits, vr="US"):
    item = Dataset()
    item.add_new(0x00283002, vr, [len(entries), first, bits])
    item.add_new(0x00283006, "OW", np.asarray(entries, "<u2").tobytes())
    return item


def make():
    eight, twelve, deep = ramp(0, 255), ramp(0, 4095), ramp(0, 65535)
    write("mono2-8", base(eight, 8))
    write("mono1-8-implicit", base(eight, 8, photometric="MONOCHROME1"), ImplicitVRLittleEndian)
    write("no-preamble", base(eight, 8), preamble=False)
    write("no-meta-implicit", base(eight, 8), ImplicitVRLittleEndian, meta=False)
    write("no-meta-explicit", base(eight, 8), meta=False)
    write("mono2-12-window", base(twelve, 12, WindowCenter=[2000, 40], WindowWidth=[1500, 80]))
    write("mono1-12-exact", base(twelve, 12, photometric="MONOCHROME1", WindowCenter=2000.5, WindowWidth=1500,
                                 VOILUTFunction="LINEAR_EXACT"))
    write("mono2-16-sigmoid", base(deep, 16, WindowCenter=30000, WindowWidth=20000, VOILUTFunction="SIGMOID"))
    write("mono2-10-no-window", base(ramp(100, 900), 10))
    write("signed-16-rescale", base(ramp(-2000, 2000), 16, signed=True, RescaleSlope="2.5", RescaleIntercept="-100",
                                    WindowCenter=0, WindowWidth=6000))
    write("signed-12-in-16", base(ramp(-2048, 2047), 12, signed=True), ImplicitVRLittleEndian)
    write("padding", base(np.where(eight < 20, 4095, twelve // 2), 12, PixelPaddingValue=4095))

    ds = base(twelve, 12)
    ds.PixelData = ((twelve << 4) | 0x5).astype("<u2").tobytes()  # overlay bits below the stored ones
    ds.HighBit = 15
    write("high-bit", ds)

    ds = base(ramp(0, 255), 8, RescaleSlope="1", RescaleIntercept="0")
    ds.VOILUTSequence = Sequence([lut_item(10, 1023 - 5 * np.arange(200), 10)])
    ds.WindowCenter, ds.WindowWidth = 128, 256
    write("voi-lut", ds)
    ds = base(ramp(-300, 300), 16, signed=True)
    ds.VOILUTSequence = Sequence([lut_item(-200, (np.arange(400) * 100).tolist(), 16, "SS")])
    write("voi-lut-signed-implicit", ds, ImplicitVRLittleEndian)
    ds = base(ramp(0, 255), 8, WindowCenter=2048, WindowWidth=3000)
    ds.ModalityLUTSequence = Sequence([lut_item(0, ((np.arange(256) ** 2) // 16).tolist(), 12)])
    ds.ModalityLUTSequence[0].ModalityLUTType = "OD"
    write("modality-lut", ds)

    ds = base(eight, 8)
    inner = Dataset()
    inner.CodeValue = "x"
    inner.is_undefined_length_sequence_item = True
    outer = Dataset()
    outer.PurposeOfReferenceCodeSequence = Sequence([inner])
    outer["PurposeOfReferenceCodeSequence"].is_undefined_length = True
    outer.is_undefined_length_sequence_item = True
    ds.SourceImageSequence = Sequence([outer, inner])
    ds["SourceImageSequence"].is_undefined_length = True
    icon = Dataset()
    icon.Rows = icon.Columns = 2
    icon.BitsAllocated = 8
    icon.PixelData = b"\x01\x02\x03\x04"
    ds.IconImageSequence = Sequence([icon])
    ds.add_new(0x00091001, "UN", b"\xfe\xff\x00\xe0")
    write("nested", ds)
    write("nested-implicit", ds, ImplicitVRLittleEndian)

    colour = np.stack([eight, 255 - eight, eight // 2], -1).astype(np.uint8)
    ds = base(colour, 8, SamplesPerPixel=3, photometric="RGB", PlanarConfiguration=0)
    ds.PixelData = colour.tobytes()
    write("rgb", ds)
    ds.PlanarConfiguration = 1
    ds.PixelData = colour.transpose(2, 0, 1).tobytes()
    write("rgb-planar", ds)

    for bits, array in ((8, eight), (16, deep)):
        ds = base(array, bits)
        write(f"rle-{bits}", ds)
        ds.compress(RLELossless, encoding_plugin="pydicom")
        write(f"rle-{bits}", ds, RLELossless)

    ds = base(eight, 8)
    stream = io.BytesIO()
    Image.fromarray(unsigned_pixels(ds)).save(stream, "JPEG", quality=95)
    jpeg = stream.getvalue()
    ds.LossyImageCompression = "01"
    write("jpeg-baseline", ds, encapsulated(ds, JPEGBaseline8Bit, jpeg))
    write("jpeg-extended-8", ds, encapsulated(ds, JPEGExtended12Bit, jpeg.replace(b"\xff\xc0", b"\xff\xc1", 1)))
    half = len(jpeg) // 4 * 2
    ds.PixelData = b"\xfe\xff\x00\xe0" + bytes(4) + b"".join(
        b"\xfe\xff\x00\xe0" + len(part).to_bytes(4, "little") + part
        for part in (jpeg[:half], jpeg[half:] + b"\0" * (len(jpeg) % 2))) + b"\xfe\xff\xdd\xe0" + bytes(4)
    write("jpeg-fragments", ds, JPEGBaseline8Bit)

    for name, array, bits, signed in (("8", eight, 8, False), ("12", twelve, 12, False), ("16", deep, 16, False),
                                      ("16-signed", ramp(-2000, 2000), 16, True)):
        ds = base(array, bits, signed=signed)
        stream = imagecodecs.jpeg_encode(unsigned_pixels(ds), lossless=True, predictor=1, bitspersample=bits)
        write(f"jpeg-lossless-{name}", ds, encapsulated(ds, JPEGLosslessSV1, stream))
    for predictor in range(1, 8):
        ds = base(deep, 16)
        stream = imagecodecs.jpeg_encode(unsigned_pixels(ds), lossless=True, predictor=predictor)
        write(f"jpeg-lossless-57-predictor-{predictor}", ds, encapsulated(ds, JPEGLossless, stream))

    ds = base(eight, 8)
    ds.NumberOfFrames = 2
    ds.PixelData = ds.PixelData * 2
    write("multi-frame", ds)
    write("deflated", base(eight, 8), pydicom.uid.DeflatedExplicitVRLittleEndian)
    write("big-endian", base(eight, 8), pydicom.uid.ExplicitVRBigEndian)
    ds = base(eight, 8)
    write("jpeg2000", ds, encapsulated(ds, pydicom.uid.JPEG2000Lossless, imagecodecs.jpeg2k_encode(eight.astype(np.uint8))))
    write("palette", base(eight, 8, photometric="PALETTE COLOR"))


def looked_up(values, item):
    count, first, _ = item.LUTDescriptor
    table = np.frombuffer(item.LUTData, "<u2") if isinstance(item.LUTData, bytes) else np.asarray(item.LUTData)
    return table[(values - first).clip(0, count - 1).astype(int)].astype(np.float64)


def expected(path):
    ds = pydicom.dcmread(path, force=True)
    if path.stem.startswith("no-meta"):
        ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if "implicit" in path.stem else ExplicitVRLittleEndian
    if path.stem == "high-bit":
        stored = np.frombuffer(ds.PixelData, "<u2").reshape(ds.Rows, ds.Columns).astype(np.int64) >> 4
    else:
        stored = ds.pixel_array.astype(np.int64)
    if stored.ndim == 3:
        luma = (stored @ [299, 587, 114] + 500) // 1000
        return luma, luma
    if "ModalityLUTSequence" in ds:
        values = looked_up(stored, ds.ModalityLUTSequence[0])
    else:
        values = stored * float(ds.get("RescaleSlope", 1)) + float(ds.get("RescaleIntercept", 0))
    lowest, highest = 0, (1 << ds.BitsStored) - 1
    if "VOILUTSequence" in ds:
        item = ds.VOILUTSequence[0]
        grey = looked_up(values, item) / ((1 << item.LUTDescriptor[2]) - 1) * 255
    elif "WindowCenter" in ds:
        first = lambda value: float(value[0] if isinstance(value, pydicom.multival.MultiValue) else value)
        c, w = first(ds.WindowCenter), first(ds.WindowWidth)
        function = ds.get("VOILUTFunction", "LINEAR")
        if function == "LINEAR":
            grey = ((values - (c - 0.5)) / (w - 1) + 0.5) * 255
        elif function == "LINEAR_EXACT":
            grey = ((values - c) / w + 0.5) * 255
        else:
            grey = 255 / (1 + np.exp(-4 * (values - c) / w))
        grey = grey.clip(0, 255)
    else:
        if ds.BitsStored > 8:
            shown = values[stored != ds.PixelPaddingValue] if "PixelPaddingValue" in ds else values
            lowest, highest = shown.min(), shown.max()
        grey = ((values - lowest) / (highest - lowest)).clip(0, 1) * 255
    grey = np.floor(grey + 0.5)
    return stored, 255 - grey if ds.PhotometricInterpretation == "MONOCHROME1" else grey


def main():
    make()
    for path in sorted(HERE.glob("*.dcm")):
        if path.stem in SKIPPED:
            continue
        stored, grey = expected(path)
        path.with_suffix(".expected").write_bytes(stored.astype("<i4").tobytes() + grey.astype(np.uint8).tobytes())


main()
