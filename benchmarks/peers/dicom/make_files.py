"""Writes single-frame DICOM files in the codings that archives send. Usage: python make_files.py FOLDER

Encoders: OpenJPEG and libjpeg-turbo of imagecodecs, OpenJPEG of pylibjpeg, CharLS of pyjpegls, Pillow;
opj_compress (Debian's libopenjp2-tools) for the features of JPEG 2000 that the others do not set.
"""

import io
import subprocess
import sys
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian, DigitalXRayImageStorageForPresentation, ExplicitVRBigEndian,
    ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEG2000, JPEG2000Lossless, JPEGBaseline8Bit, JPEGExtended12Bit,
    JPEGLSLossless, JPEGLSNearLossless, RLELossless)

OUT = Path(sys.argv[1])


def film(bits, rows=121, columns=97, signed=False, seed=1):
    """A chest-like picture: lungs, noise, a flat border and clipped corners, over the whole range of its bits."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:rows, :columns] / [[[rows]], [[columns]]]
    lungs = np.exp(-((x - 0.3) ** 2 + (y - 0.5) ** 2 / 3) * 30) + np.exp(-((x - 0.7) ** 2 + (y - 0.5) ** 2 / 3) * 30)
    value = 0.75 - 0.6 * lungs + 0.1 * np.sin(y * 40) * lungs + random.normal(0, 0.004, (rows, columns))
    value[: rows // 12] = 0
    value[:, -columns // 15:] = 0
    value[-9:, :9] = 1
    box = value[20:26, 10:40]
    box[:] = random.random(box.shape)
    top = (1 << bits) - 1
    array = np.rint(value.clip(0, 1) * top).astype(np.int64)
    return array - (1 << bits - 1) if signed else array


def colour(bits=8, **size):
    return np.stack([film(bits, seed=s, **size) for s in (1, 2, 3)], axis=2)


def typed(array, bits, signed):
    return np.ascontiguousarray(array.astype(("i" if signed else "u") + ("1" if bits <= 8 else "2")))


def dataset(array, bits, signed=False, photometric=None, **extra):
    ds = Dataset()
    ds.SOPClassUID = DigitalXRayImageStorageForPresentation
    ds.SOPInstanceUID = "1.2.826.0.1.3680043.8.498.1"
    ds.StudyInstanceUID = "1.2.826.0.1.3680043.8.498.2"
    ds.SeriesInstanceUID = "1.2.826.0.1.3680043.8.498.3"
    ds.PatientID = "nobody"
    ds.Modality = "DX"
    ds.SamplesPerPixel = 1 if array.ndim == 2 else 3
    ds.PhotometricInterpretation = photometric or ("MONOCHROME2" if array.ndim == 2 else "RGB")
    if array.ndim == 3:
        ds.PlanarConfiguration = 0
    ds.Rows, ds.Columns = array.shape[:2]
    ds.BitsAllocated = 8 if bits <= 8 else 16
    ds.BitsStored = bits
    ds.HighBit = bits - 1
    ds.PixelRepresentation = int(signed)
    for name, value in extra.items():
        setattr(ds, name, value)
    return ds


def save(name, ds, syntax, data, word=False, **how):
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.PixelData = encapsulate([data]) if syntax.is_encapsulated else data
    ds["PixelData"].VR = "OB" if syntax.is_encapsulated or ds.BitsAllocated == 8 and not word else "OW"
    ds["PixelData"].is_undefined_length = syntax.is_encapsulated
    pydicom.dcmwrite(OUT / f"{name}.dcm", ds, **how)


def jpeg_2000():
    for bits, signed in [(8, False), (8, True), (10, False), (12, False), (12, True), (16, False), (16, True)]:
        array = typed(film(bits, signed=signed), bits, signed)
        name = f"{bits}{'-signed' if signed else ''}"
        whole = {"codecformat": "J2K", "level": 0, "reversible": True, "bitspersample": bits}
        save(f"j2k-{name}", dataset(array, bits, signed), JPEG2000Lossless, imagecodecs.jpeg2k_encode(array, **whole))
        ds = dataset(array, bits, signed)
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.PixelData = array.tobytes()
        ds.compress(JPEG2000, j2k_cr=[30, 10], generate_instance_uid=False)  # two quality layers
        ds.SOPInstanceUID = "1.2.826.0.1.3680043.8.498.1"
        save(f"j2k-lossy-{name}", ds, JPEG2000, next(pydicom.encaps.generate_frames(ds.PixelData, number_of_frames=1)))
    array = typed(film(12, 300, 260), 12, False)
    for resolutions in (1, 2, 6):
        data = imagecodecs.jpeg2k_encode(array, codecformat="J2K", level=0, reversible=True, bitspersample=12, resolutions=resolutions)
        save(f"j2k-resolutions-{resolutions}", dataset(array, 12), JPEG2000Lossless, data)
    data = imagecodecs.jpeg2k_encode(array, codecformat="JP2", level=0, reversible=True, bitspersample=12)
    save("j2k-in-jp2", dataset(array, 12), JPEG2000Lossless, data)
    array = typed(colour(), 8, False)
    for transform, photometric in ((True, "YBR_RCT"), (False, "RGB")):
        data = imagecodecs.jpeg2k_encode(array, codecformat="J2K", level=0, reversible=True, mct=transform)
        save(f"j2k-colour-{photometric}", dataset(array, 8, photometric=photometric), JPEG2000Lossless, data)
    data = imagecodecs.jpeg2k_encode(array, codecformat="J2K", level=60, reversible=False, mct=True)
    save("j2k-colour-YBR_ICT", dataset(array, 8, photometric="YBR_ICT"), JPEG2000, data)


def jpeg_2000_features():
    """What opj_compress (OpenJPEG 2.5) can set: tiles, offsets, orders, precincts, code-block styles, markers."""
    array = typed(film(12, 150, 131), 12, False)
    raw = OUT / "film.raw"
    raw.write_bytes(array.astype("<u2").tobytes())
    ways = {f"order-{order}": ["-p", order, "-c", "[64,64],[32,32]", "-r", "20,5,1"] for order in ("LRCP", "RLCP", "RPCL", "PCRL", "CPRL")}
    ways |= {f"tiles-{order}": ["-p", order, "-t", "47,61", "-r", "9,1"] for order in ("LRCP", "RPCL", "CPRL")}
    ways |= {f"style-{style}": ["-M", str(style), "-r", "12,3,1"] for style in (1, 2, 4, 8, 16, 32, 5, 13, 63)}
    ways |= {
        "offset": ["-d", "7,11", "-t", "40,50", "-T", "3,5"], "markers": ["-SOP", "-EPH", "-r", "8,1"], "blocks-16x8": ["-b", "16,8"],
        "blocks-4x256": ["-b", "4,256"], "irreversible-tiles": ["-I", "-t", "64,64", "-r", "6"], "irreversible-offset": ["-I", "-d", "5,3", "-r", "4"],
        "tile-parts": ["-TP", "R", "-r", "8,1"], "lengths": ["-PLT", "-TLM"], "irreversible-style-5": ["-I", "-M", "5", "-r", "8,3"]}
    for name, how in ways.items():
        out = OUT / "film.j2k"
        subprocess.run(["opj_compress", "-i", str(raw), "-o", str(out), "-F", "131,150,1,12,u", *how], check=True, stdout=subprocess.DEVNULL)
        save(f"j2k-{name}", dataset(array, 12), JPEG2000 if "-I" in how else JPEG2000Lossless, out.read_bytes())
        out.unlink()
    raw.unlink()


def jpeg_ls():
    for bits in (2, 3, 5, 7, 8, 9, 10, 12, 14, 15, 16):
        array = typed(film(bits), bits, False)
        for near in (0, 3):
            if near * 2 >= 1 << bits:
                continue
            syntax = JPEGLSNearLossless if near else JPEGLSLossless
            save(f"jls-{bits}-near-{near}", dataset(array, bits), syntax, charls(array, bits, near))
    for bits in (8, 16):
        array = typed(film(bits, signed=True), bits, True)
        save(f"jls-{bits}-signed", dataset(array, bits, True), JPEGLSLossless, charls(array.view(f"u{array.itemsize}"), bits, 0))
    array = typed(colour(), 8, False)
    for mode in (0, 1, 2):
        for near in (0, 2):
            syntax = JPEGLSNearLossless if near else JPEGLSLossless
            save(f"jls-colour-{mode}-near-{near}", dataset(array, 8), syntax, charls(array.transpose(2, 0, 1).copy() if mode == 0 else array, 8, near, mode))
    for name, array in (
            ("flat", np.full((40, 50), 77)), ("one-column", film(8, 60, 1)), ("one-row", film(8, 1, 60)),
            ("wide", film(8, 30, 3000)), ("checks", np.indices((64, 64)).sum(0) % 2 * 255)):
        array = typed(array, 8, False)
        save(f"jls-{name}", dataset(array, 8), JPEGLSLossless, charls(array, 8, 0))
    array = typed(film(16, 500, 400, seed=9), 16, False)
    save("jls-16-large", dataset(array, 16), JPEGLSLossless, charls(array, 16, 0))


def charls(array, bits, near, interleave=None):
    import jpeg_ls  # pyjpegls

    return bytes(jpeg_ls.encode_array(array, lossy_error=near, interleave_mode=interleave))


def jpeg_dct():
    array = typed(colour(), 8, False)
    for subsampling in ("4:4:4", "4:2:2", "4:2:0"):
        photometric = "YBR_FULL" if subsampling == "4:4:4" else "YBR_FULL_422"
        data = pillow_jpeg(array, subsampling=subsampling)
        save(f"jpeg-colour-{subsampling.replace(':', '')}", dataset(array, 8, photometric=photometric), JPEGBaseline8Bit, data)
    save("jpeg-colour-rgb", dataset(array, 8), JPEGBaseline8Bit, pillow_jpeg(array, keep_rgb=True))
    for bits in (8, 12):
        array = typed(film(bits), bits, False)
        for level in (75, 95, 100):
            data = imagecodecs.jpeg8_encode(array, level=level, bitspersample=bits)
            save(f"jpeg-{bits}-quality-{level}", dataset(array, bits), JPEGExtended12Bit if bits > 8 else JPEGBaseline8Bit, data)


def pillow_jpeg(array, **how):
    stream = io.BytesIO()
    Image.fromarray(array).save(stream, "JPEG", quality=95, **how)
    return stream.getvalue()


def uncompressed():
    for bits, signed in ((8, False), (12, True), (16, False)):
        array = typed(film(bits, signed=signed), bits, signed)
        little = array.astype(array.dtype.newbyteorder("<")).tobytes()
        big = array.astype(array.dtype.newbyteorder(">")).tobytes()
        if bits == 8:
            words = little + b"\0" * (len(little) % 2)
            big = bytes(np.frombuffer(words, ">u2").astype("<u2").tobytes())
        save(f"big-{bits}", dataset(array, bits, signed), ExplicitVRBigEndian, big, word=True)
        save(f"deflated-{bits}", dataset(array, bits, signed), DeflatedExplicitVRLittleEndian, little)
    array = typed(colour(), 8, False)
    save("colour-planar", dataset(array, 8, PlanarConfiguration=1), ExplicitVRLittleEndian, array.transpose(2, 0, 1).tobytes() + b"\0")
    array = typed(colour(16), 16, False)
    save("colour-16", dataset(array, 16), ExplicitVRLittleEndian, array.tobytes())


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    jpeg_2000()
    jpeg_2000_features()
    jpeg_ls()
    jpeg_dct()
    uncompressed()
    print(len(list(OUT.glob("*.dcm"))), "files")
