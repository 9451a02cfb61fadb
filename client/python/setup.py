"""Makes the messages of the contract, with their types, while the package is built."""

import re
import shutil
from importlib.resources import files
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = Path(__file__).resolve().parent
CARRIED = HERE / "protobuf"  # in a source distribution
CONTRACT = CARRIED if CARRIED.is_dir() else HERE.parents[1] / "proto/src/main/protobuf"


class BuildMessages(build_py):
    """`synthorax.v1` and `synthorax.inference`, from the protos of the same names."""

    def run(self) -> None:
        shutil.rmtree(self.build_lib, ignore_errors=True)  # what an earlier build left would travel along
        super().run()
        lib = Path(self.build_lib)
        self.make("synthorax", lib)
        self.make("inference", lib / "synthorax")
        for made in (lib / "synthorax/inference").iterdir():  # imports by the package that they are put in
            made.write_text(re.sub(r"^from inference import", "from synthorax.inference import", made.read_text(), flags=re.M))

    def make(self, package: str, out: Path) -> None:
        from grpc_tools import protoc

        protos = sorted(str(proto.relative_to(CONTRACT)) for proto in (CONTRACT / package).rglob("*.proto"))
        if not protos:
            raise FileNotFoundError(f"{CONTRACT / package}: no protos (expected: a checkout or a source distribution)")
        roots = [f"-I{CONTRACT}", f"-I{files('grpc_tools') / '_proto'}"]
        if protoc.main(["protoc", *roots, f"--python_out={out}", f"--pyi_out={out}", *protos]) != 0:
            raise RuntimeError(f"protoc failed on {protos}")


class CarryContract(sdist):
    """A source distribution has the protos, too."""

    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        super().make_release_tree(base_dir, files)
        shutil.copytree(CONTRACT, Path(base_dir) / "protobuf", dirs_exist_ok=True)


setup(cmdclass={"build_py": BuildMessages, "sdist": CarryContract})
