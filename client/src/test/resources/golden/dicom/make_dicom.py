"""Small DICOM files with their stored values and 8-bit grey, by pydicom. Usage: python make_dicom.py

Needs pydicom, numpy, pillow, imagecodecs, pyjpegls, pylibjpeg, pylibjpeg-libjpeg and pylibjpeg-openjpeg.
For each NAME.dcm that can be read, NAME.expected holds the stored values that pydicom decodes (int32, little endian), then
the grey (uint8): the modality and VOI transformations of PS3.3 C.11, computed here in float64 and rounded half up.
"""

import io
import json
from pathlib import Path

import imagecodecs
import jpeg_ls
import numpy as np
import pydicom
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEG2000, JPEG2000Lossless, JPEGBaseline8Bit, JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1, JPEGLSLossless, JPEGLSNearLossless, RLELossless, SecondaryCaptureImageStorage)

HERE = Path(__file__).parent
ROWS, COLUMNS = 20, 24
SKIPPED = {"multi-frame", "palette-segmented", "htj2k"}


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
    ds = base(eight, 8)
    write("htj2k", ds, encapsulated(ds, pydicom.uid.HTJ2KLossless, b"\xff\x4f"))
    make_uncompressed(eight, twelve, deep)
    make_windows(eight, twelve)
    make_jpeg_ls(eight, colour)
    make_jpeg_2000(colour)
    make_jpeg(twelve, colour)


def make_uncompressed(eight, twelve, deep):
    write("deflated", base(eight, 8), pydicom.uid.DeflatedExplicitVRLittleEndian)
    ds = base(deep, 16, WindowCenter=30000, WindowWidth=40000)
    ds.PixelData = deep.astype(">u2").tobytes()
    write("big-endian", ds, pydicom.uid.ExplicitVRBigEndian)
    ds = base(eight, 8)
    ds.PixelData = eight.astype("u1").tobytes()
    ds["PixelData"].VR = "OW"
    ds.PixelData = np.frombuffer(ds.PixelData, "<u2").astype(">u2").tobytes()
    write("big-endian-bytes-in-words", ds, pydicom.uid.ExplicitVRBigEndian)
    for bits, entries in ((8, np.arange(200)), (16, np.arange(200) * 320)):
        ds = base(eight, 8, photometric="PALETTE COLOR")
        for number, colour in enumerate((entries, entries[::-1], entries // 2)):
            ds.add_new(0x00281101 + number, "US", [200, 20, bits])
            ds.add_new(0x00281201 + number, "OW", colour.astype(f"<u{bits // 8}").tobytes())
        write(f"palette-{bits}", ds)
    for number in range(3):
        del ds[0x00281201 + number]
        ds.add_new(0x00281221 + number, "OW", bytes(6))
    write("palette-segmented", ds)
    for name, syntax in (("implicit-said-explicit", ImplicitVRLittleEndian), ("explicit-said-implicit", ExplicitVRLittleEndian)):
        body = without_meta(write(name, base(twelve, 12), syntax))
        other = ExplicitVRLittleEndian if syntax == ImplicitVRLittleEndian else ImplicitVRLittleEndian
        path = write(name, base(twelve, 12), other)
        path.write_bytes(path.read_bytes()[:len(path.read_bytes()) - len(without_meta(path))] + body)
    write("frames-0", base(eight, 8, NumberOfFrames=0))


def without_meta(path):
    data = path.read_bytes()
    return data[132 + 12 + int.from_bytes(data[140:144], "little"):]


def make_windows(eight, twelve):
    write("window-of-nothing", base(twelve, 12, WindowCenter=2000, WindowWidth=0))
    write("window-of-nothing-first", base(twelve, 12, WindowCenter=[2000, 1800], WindowWidth=[0, 900]))
    write("window-narrow", base(eight, 8, WindowCenter="100.3", WindowWidth="0.5", RescaleSlope="0.01", RescaleIntercept="99.5"))
    write("window-lower-case", base(twelve, 12, WindowCenter=2000, WindowWidth=1500, VOILUTFunction="linear"))
    path = write("window-comma", base(twelve, 12, WindowCenter="2000.5", WindowWidth="1500.5"))
    path.write_bytes(path.read_bytes().replace(b"2000.5", b"2000,5").replace(b"1500.5", b"1500,5"))
    ds = base(twelve, 12, WindowCenter=2000, WindowWidth=1500)
    item = Dataset()
    item.add_new(0x00283002, "US", None)
    item.add_new(0x00283006, "OW", b"")
    ds.VOILUTSequence = Sequence([item])
    write("voi-lut-empty", ds)


def make_jpeg_ls(eight, colour):
    for name, bits, near, signed in (("8", 8, 0, False), ("12", 12, 0, False), ("16", 16, 0, False), ("16-signed", 16, 0, True),
                                     ("8-near-2", 8, 2, False), ("16-near-5", 16, 5, False), ("3", 3, 0, False)):
        array = ramp(-(1 << bits - 1), (1 << bits - 1) - 1) if signed else ramp(0, (1 << bits) - 1)
        array[4:9, 3:15] = array[4, 3]  # a flat part: runs
        ds = base(array, bits, signed=signed)
        stream = bytes(jpeg_ls.encode_array(unsigned_pixels(ds), lossy_error=near))
        write(f"jpeg-ls-{name}", ds, encapsulated(ds, JPEGLSNearLossless if near else JPEGLSLossless, stream))
    for mode, name in enumerate(("planes", "lines", "samples")):
        ds = base(colour, 8, SamplesPerPixel=3, photometric="RGB", PlanarConfiguration=0)
        array = np.ascontiguousarray(colour.transpose(2, 0, 1)) if mode == 0 else colour
        stream = bytes(jpeg_ls.encode_array(array, lossy_error=0, interleave_mode=mode))
        write(f"jpeg-ls-colour-{name}", ds, encapsulated(ds, JPEGLSLossless, stream))


def make_jpeg_2000(colour):
    for name, bits, signed in (("8", 8, False), ("8-signed", 8, True), ("12", 12, False), ("16-signed", 16, True)):
        ds = base(ramp(-(1 << bits - 1), (1 << bits - 1) - 1) if signed else ramp(0, (1 << bits) - 1), bits, signed=signed)
        stream = imagecodecs.jpeg2k_encode(
            np.frombuffer(ds.PixelData, f"{'i' if signed else 'u'}{ds.BitsAllocated // 8}").reshape(ROWS, COLUMNS), **lossless(bits))
        write(f"jpeg-2000-{name}", ds, encapsulated(ds, JPEG2000Lossless, stream))
    ds = base(ramp(-1000, 1000), 16, signed=True)  # 12 bits coded, 16 stored
    stream = imagecodecs.jpeg2k_encode(ramp(-1000, 1000).astype("i2"), **lossless(12))
    write("jpeg-2000-12-in-16-signed", ds, encapsulated(ds, JPEG2000Lossless, stream))
    ds = base(ramp(0, 4095), 12)
    stream = imagecodecs.jpeg2k_encode(unsigned_pixels(ds), **{**lossless(12), "level": 60, "reversible": False})
    write("jpeg-2000-lossy", ds, encapsulated(ds, JPEG2000, stream))
    for transform, photometric in ((True, "YBR_RCT"), (False, "RGB")):
        ds = base(colour, 8, SamplesPerPixel=3, photometric=photometric, PlanarConfiguration=0)
        stream = imagecodecs.jpeg2k_encode(colour, mct=transform, **lossless(8))
        write(f"jpeg-2000-colour-{photometric.lower()}", ds, encapsulated(ds, JPEG2000Lossless, stream))
    ds = base(ramp(0, 255), 8)
    stream = imagecodecs.jpeg2k_encode(ramp(0, 255).astype("u1"), **{**lossless(8), "codecformat": "JP2"})
    write("jpeg-2000-in-jp2", ds, encapsulated(ds, JPEG2000Lossless, stream))


def lossless(bits):
    return {"codecformat": "J2K", "level": 0, "reversible": True, "bitspersample": bits, "resolutions": 3}


def make_jpeg(twelve, colour):
    ds = base(twelve, 12)
    write("jpeg-extended-12", ds, encapsulated(ds, JPEGExtended12Bit, imagecodecs.jpeg8_encode(
        twelve.astype("u2"), level=90, bitspersample=12)))
    stream = imagecodecs.jpeg8_encode(colour, level=95, colorspace="RGB", outcolorspace="RGB")
    begin = stream.index(b"\xff\xee")  # Adobe's marker
    stream = stream[:begin] + stream[begin + 16:]
    frame, scan = stream.index(b"\xff\xc0"), stream.index(b"\xff\xda")
    stream = bytearray(stream)
    for number in range(3):
        stream[frame + 10 + 3 * number] = stream[scan + 5 + 2 * number] = number + 1
    ds = base(colour, 8, SamplesPerPixel=3, photometric="RGB", PlanarConfiguration=0)
    write("jpeg-rgb-without-marker", ds, encapsulated(ds, JPEGBaseline8Bit, bytes(stream)))


def looked_up(values, item):
    count, first, _ = item.LUTDescriptor
    table = np.frombuffer(item.LUTData, "<u2") if isinstance(item.LUTData, bytes) else np.asarray(item.LUTData)
    return table[(values - first).clip(0, count - 1).astype(int)].astype(np.float64)


def usable_window(ds):
    numbers = lambda name: [float(text.replace(b",", b".")) for text in raw(ds, name).split(b"\\") if text.strip()]
    windows = zip(numbers(0x00281050), numbers(0x00281051))
    return next((window for window in windows if window[1] > 0), None)


def raw(ds, tag):
    value = ds.get_item(tag).value if tag in ds else b""
    return value if isinstance(value, bytes) else str(value).replace("[", "").replace("]", "").replace(", ", "\\").encode()


def expected(path):
    ds = pydicom.dcmread(path, force=True)
    if path.stem.startswith("no-meta"):
        ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian if "implicit" in path.stem else ExplicitVRLittleEndian
    if path.stem == "high-bit":
        stored = np.frombuffer(ds.PixelData, "<u2").reshape(ds.Rows, ds.Columns).astype(np.int64) >> 4
    else:
        stored = ds.pixel_array.astype(np.int64)
    if ds.PhotometricInterpretation == "PALETTE COLOR":
        bits = ds.RedPaletteColorLookupTableDescriptor[2]
        luma = (pydicom.pixels.apply_color_lut(stored, ds).astype(np.int64) @ [299, 587, 114] + 500) // 1000
        return stored, np.floor(luma * 255 / ((1 << bits) - 1) + 0.5)
    if stored.ndim == 3:
        luma = (stored @ [299, 587, 114] + 500) // 1000
        return luma, luma
    if "ModalityLUTSequence" in ds:
        values = looked_up(stored, ds.ModalityLUTSequence[0])
    else:
        values = stored * float(ds.get("RescaleSlope", 1)) + float(ds.get("RescaleIntercept", 0))
    lowest, highest = 0, (1 << ds.BitsStored) - 1
    if ds.PixelRepresentation:
        lowest, highest = lowest - (1 << ds.BitsStored - 1), highest - (1 << ds.BitsStored - 1)
    window = usable_window(ds)
    if "VOILUTSequence" in ds and ds.VOILUTSequence[0].LUTDescriptor:
        item = ds.VOILUTSequence[0]
        grey = looked_up(values, item) / ((1 << item.LUTDescriptor[2]) - 1) * 255
    elif window:
        c, w = window
        function = ds.get("VOILUTFunction", "LINEAR").upper()
        if w < 1 and function == "LINEAR":
            function = "LINEAR_EXACT"
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
