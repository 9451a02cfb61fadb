"""Checks secondary captures that Synthorax wrote against pydicom and PS3.3 A.8.1. Usage: python check_written.py FILE.dcm ..."""

import sys
import warnings

import numpy as np
import pydicom
from pydicom.datadict import dictionary_VR
from pydicom.uid import UID, SecondaryCaptureImageStorage

# Patient, General Study, General Series, SC Equipment, General Image, Image Pixel, SC Image, SOP Common
TYPE_1 = """StudyInstanceUID Modality SeriesInstanceUID ConversionType SamplesPerPixel PhotometricInterpretation Rows Columns
BitsAllocated BitsStored HighBit PixelRepresentation PixelData SOPClassUID SOPInstanceUID SpecificCharacterSet""".split()
TYPE_2 = """PatientName PatientID PatientBirthDate PatientSex StudyDate StudyTime ReferringPhysicianName StudyID AccessionNumber
SeriesNumber InstanceNumber PatientOrientation""".split()
EMPTY = "PatientName PatientBirthDate StudyDate StudyTime ReferringPhysicianName StudyID AccessionNumber".split()
VALUES = {"SyntheticData": "YES", "ImageType": ["DERIVED", "SECONDARY"], "PatientIdentityRemoved": "YES",
          "BurnedInAnnotation": "NO", "ConversionType": "WSD", "PhotometricInterpretation": "MONOCHROME2"}


def check(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pydicom.config.settings.reading_validation_mode = pydicom.config.RAISE
        ds = pydicom.dcmread(path)
        for element in ds.iterall():
            assert element.VR == dictionary_VR(element.tag) or element.tag == 0x7FE00010, element
            str(element.value)
            if element.VR == "UI":
                assert UID(element.value).is_valid, element
        pixels = ds.pixel_array
    tags = [element.tag for element in ds]
    assert tags == sorted(tags)
    assert ds.SOPClassUID == SecondaryCaptureImageStorage == ds.file_meta.MediaStorageSOPClassUID
    assert ds.SOPInstanceUID == ds.file_meta.MediaStorageSOPInstanceUID
    assert ds.file_meta.FileMetaInformationVersion == b"\0\1" and ds.file_meta.ImplementationClassUID
    for name in TYPE_1:
        assert name in ds and ds[name].value not in (None, ""), name
    for name in TYPE_2:
        assert name in ds, name
    for name in EMPTY:
        assert ds[name].value in (None, ""), name
    for name, value in VALUES.items():
        assert ds[name].value == value, name
    assert ds.DeidentificationMethod and ds.DerivationDescription and ds.SoftwareVersions and ds.Manufacturer
    equipment, = ds.ContributingEquipmentSequence
    assert equipment.Manufacturer and equipment.PurposeOfReferenceCodeSequence[0].CodeValue == "109102"
    assert ds.SOPInstanceUID.startswith("2.25.")
    lossy = ds.file_meta.TransferSyntaxUID == pydicom.uid.JPEGBaseline8Bit
    assert ds.LossyImageCompression == ("01" if lossy else "00")
    if lossy:
        assert ds.LossyImageCompressionMethod == "ISO_10918_1" and ds.LossyImageCompressionRatio > 0
    if ds.Modality == "OT":
        assert set(np.unique(pixels)) <= {0, 255}
        source, = ds.SourceImageSequence
        assert source.ReferencedSOPClassUID == SecondaryCaptureImageStorage and source.ReferencedSOPInstanceUID
        assert source.PurposeOfReferenceCodeSequence[0].CodeValue == "121322"
    assert not any(element.VR in ("DA", "TM", "DT") and element.value for element in ds.iterall())
    print(path, "ok:", len(tags), "attributes,", pixels.shape, pixels.dtype, "sum", int(pixels.astype(int).sum()))


for argument in sys.argv[1:]:
    check(argument)
