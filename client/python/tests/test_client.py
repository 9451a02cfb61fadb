"""Tries, tokens, certificates, errors: against a server that answers by script."""

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import grpc
import numpy as np
import pytest
from fake import image, queued, refuse, serving

import synthorax
import synthorax.aio
from synthorax import SynthoraxError, _tensors
from synthorax.inference import grpc_service_pb2 as oip
from synthorax.v1 import generation_pb2
from synthorax.v1 import segmentation_pb2 as v1
from synthorax.v1.classification_pb2 import Classification, ClassifiedFinding, ClassifyResponse
from synthorax.v1.segmentation_pb2 import SegmentedStructure, SegmentResponse

UNAVAILABLE, EXHAUSTED, INVALID = (
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.INVALID_ARGUMENT,
)


def all_images(request, context):
    yield queued(request)
    for index in reversed(range(request.spec.count)):
        yield image(request, index)


def two_then_lost(request, context):
    yield queued(request)
    yield image(request, 2)
    yield image(request, 0)
    refuse(context, UNAVAILABLE, "DEVICE_LOST", retry=0.01)


def drawn(address, **options):
    with synthorax.connect(address) as client:
        return list(client.generate("lungs", **options))


def drawn_async(address, **options):
    async def draw():
        async with synthorax.aio.connect(address) as client:
            return [each async for each in client.generate("lungs", **options)]

    return asyncio.run(draw())


either = pytest.mark.parametrize("draw", [drawn, drawn_async])


@either
def test_generate_broken_stream_goes_on_with_what_is_missing(draw):
    with serving(two_then_lost, all_images) as (address, asked):
        images = draw(address, count=4, seed=10)

    assert [each.index for each in images] == [2, 0, 3, 1]  # 2 comes twice, and is given once
    assert {each.index: each.seed for each in images} == {0: 10, 1: 11, 2: 12, 3: 13}
    again = asked[1][0].spec
    assert (again.seed, again.count, again.model, again.model_version) == (11, 3, "m", "v1")


@either
def test_generate_with_initial_latents_asks_again_for_all(draw):
    latents = np.zeros((3, 4, 2, 2), np.float32)
    with serving(two_then_lost, all_images) as (address, asked):
        images = draw(address, count=3, seed=10, initial_latents=latents)

    assert sorted(each.index for each in images) == [0, 1, 2]
    assert (asked[1][0].spec.seed, asked[1][0].spec.count) == (10, 3)


@either
def test_generate_without_seed_asks_for_the_same_images_each_time(draw):
    def full(request, context):
        refuse(context, EXHAUSTED, "QUEUE_FULL", retry=0.01)

    with serving(*[full] * 7, all_images) as (address, asked):
        draw(address)

    assert len({request.spec.seed for request, _ in asked}) == 1
    assert len(asked) == 8  # a named delay is worth more tries than five


@either
def test_generate_bad_field_is_not_tried_again(draw):
    def bad(request, context):
        refuse(context, INVALID, "INVALID_ARGUMENT", field="spec.count")

    with serving(bad) as (address, asked), pytest.raises(SynthoraxError, match="^said no$") as failure:
        draw(address, count=300)

    assert (failure.value.code, failure.value.reason, failure.value.field) == (INVALID, "INVALID_ARGUMENT", "spec.count")
    assert failure.value.retry_delay is None
    assert len(asked) == 1


@either
def test_generate_reason_without_delay_is_not_tried_again(draw):
    def failed(request, context):
        refuse(context, UNAVAILABLE, "MODEL_FAILED")

    with serving(failed) as (address, asked), pytest.raises(SynthoraxError):
        draw(address)

    assert len(asked) == 1


@either
def test_generate_delay_beyond_the_deadline_fails_at_once(draw):
    def later(request, context):
        refuse(context, UNAVAILABLE, "DRAINING", retry=60)

    with serving(later) as (address, _), pytest.raises(SynthoraxError) as failure:
        draw(address, deadline=30)

    assert (failure.value.reason, failure.value.retry_delay) == ("DRAINING", 60)


@either
def test_generate_short_answer_is_an_error(draw):
    with serving(lambda request, context: [queued(request), image(request, 0)]) as (address, _):
        with pytest.raises(SynthoraxError, match=r"ended after 1 images \(expected: 2\)"):
            draw(address, count=2)


def test_generate_events_are_heard():
    heard = []
    with serving(all_images) as (address, _):
        drawn(address, seed=5, on_event=heard.append)

    assert [type(each).__name__ for each in heard] == ["Queued"]
    assert heard[0].settings.seed == 5


def test_calls_no_server_is_said_after_all_tries():
    with socket.socket() as taken:  # bound, and does not listen
        taken.bind(("localhost", 0))
        address = f"localhost:{taken.getsockname()[1]}"
        with synthorax.connect(address, attempts=2) as client, pytest.raises(SynthoraxError) as failure:
            list(client.generate())

    assert failure.value.code == UNAVAILABLE
    assert str(failure.value).startswith(f"no server at {address} (")


def test_calls_deadline_ends_them():
    def never(request, context):
        yield queued(request)
        while context.is_active():
            yield queued(request)

    with serving(never) as (address, _), pytest.raises(SynthoraxError) as failure:
        drawn(address, deadline=0.2)

    assert failure.value.code == grpc.StatusCode.DEADLINE_EXCEEDED


def test_token_goes_along_and_not_to_others_in_plain_text():
    with serving(all_images) as (address, asked), synthorax.connect(address, token="s3cret") as client:
        list(client.generate())

    assert asked[0][1]["authorization"] == "Bearer s3cret"
    with pytest.raises(ValueError, match="token: not sent to far.example:8001 in plain text"):
        synthorax.connect("far.example:8001", token="s3cret")


@pytest.mark.skipif("SYNTHORAX_TLS" not in os.environ, reason="no certificates: SYNTHORAX_TLS names no folder")
@pytest.mark.parametrize("flavour", ["blocking", "asyncio"])
def test_tls_both_sides_show_certificates(flavour):
    folder = Path(os.environ["SYNTHORAX_TLS"])
    certificate, key = (folder / "certificate.pem").read_bytes(), (folder / "key.pem").read_bytes()
    tls = synthorax.Tls(certificate, certificate, key)
    required = grpc.ssl_server_credentials([(key, certificate)], certificate, require_client_auth=True)

    async def draw(address):
        async with synthorax.aio.connect(address, tls=tls, token="s3cret") as client:
            return [each async for each in client.generate()]

    with serving(all_images, credentials=required) as (address, asked):
        if flavour == "asyncio":
            images = asyncio.run(draw(address))
        else:
            with synthorax.connect(address, tls=tls, token="s3cret") as client:
                images = list(client.generate())
        with synthorax.connect(address, tls=synthorax.Tls(certificate), attempts=1) as stranger:
            with pytest.raises(SynthoraxError):
                list(stranger.generate())

    assert len(images) == 1
    assert asked[0][1]["authorization"] == "Bearer s3cret"
    assert len(asked) == 1


@pytest.mark.parametrize("flavour", ["blocking", "asyncio"])
def test_segment_and_classify_give_names_and_arrays(flavour):
    half = np.array([[True, False]])

    def mark(request, context):
        lungs = SegmentedStructure(structure="lungs", png=synthorax.png(half), area=1, probabilities_png=synthorax.png(half))
        marked = v1.Segmentation(model="m", model_version="1", width=2, height=1, threshold=0.5, structures=[lungs])
        return SegmentResponse(segmentation=marked)

    def read(request, context):
        finding = ClassifiedFinding(finding="edema", probability=0.75, present=True)
        return ClassifyResponse(classification=Classification(model="m", findings=[finding]))

    async def calls(address):
        async with synthorax.aio.connect(address) as client:
            marked = await client.segment(b"png", structures=["lungs"], probabilities=True, threshold=0.25)
            return marked, await client.classify(np.array([[1, 500]], np.uint16), priority="high")

    with serving(mark, read) as (address, asked):
        if flavour == "asyncio":
            marked, found = asyncio.run(calls(address))
        else:
            with synthorax.connect(address) as client:
                marked = client.segment(b"png", structures=["lungs"], probabilities=True, threshold=0.25)
                found = client.classify(np.array([[1, 500]], np.uint16), priority="high")

    assert (marked.model, marked.width, marked.structures["lungs"].area) == ("m", 2, 1)
    assert marked.structures["lungs"].mask().tolist() == [[True, False]]
    assert marked.structures["lungs"].probabilities().tolist() == [[1.0, 0.0]]
    assert found.findings == {"edema": synthorax.Finding(0.75, True)}
    spec, other = asked[0][0].spec, asked[1][0].spec
    assert (spec.image.png, list(spec.structures), spec.probabilities, spec.threshold) == (b"png", ["lungs"], True, 0.25)
    assert (other.image.raw.width, other.image.raw.height, other.image.raw.bits) == (2, 1, 16)
    assert other.image.raw.data == b"\x01\x00\xf4\x01"
    assert other.priority == generation_pb2.PRIORITY_HIGH


def test_segment_strange_images_and_options_are_refused():
    with synthorax.connect("localhost:1") as client:
        with pytest.raises(ValueError, match=r"image: float64 \[2, 2\]"):
            client.segment(np.zeros((2, 2)))
        with pytest.raises(TypeError, match="structures: no option"):
            client.classify(b"png", structures=["lungs"])


KINDS = ["?", "u1", "<u2", "<u4", "<u8", "i1", "<i2", "<i4", "<i8", "<f2", "<f4", "<f8", ">f4", "O", "S", "U"]


@pytest.mark.parametrize("dtype", KINDS)
def test_infer_every_dtype_comes_back(dtype):
    is_text = dtype in "OSU"
    sent = np.array([["1", "0", "1"]] if is_text else [[1, 0, 1]]).astype(dtype)

    def echo(request, context):
        outputs = [
            oip.ModelInferResponse.InferOutputTensor(name=each.name, datatype=each.datatype, shape=each.shape)
            for each in request.inputs
        ]
        return oip.ModelInferResponse(outputs=outputs, raw_output_contents=request.raw_input_contents)

    with serving(echo) as (address, asked), synthorax.connect(address) as client:
        came = client.infer("echo", {"x": sent}, version="3", outputs=["x"], request_id="a")["x"]

    assert came.shape == (1, 3)
    assert came.tolist() == ([[b"1", b"0", b"1"]] if is_text else sent.tolist())
    assert (asked[0][0].model_version, asked[0][0].id, asked[0][0].outputs[0].name) == ("3", "a", "x")


def test_infer_bf16_is_widened():
    output = oip.ModelInferResponse.InferOutputTensor(name="y", datatype="BF16", shape=[2])
    answer = oip.ModelInferResponse(outputs=[output], raw_output_contents=[b"\x80\x3f\x00\xc0"])

    assert _tensors.arrays_of(answer)["y"].tolist() == [1.0, -2.0]


def test_import_leaves_the_inference_messages_to_others():
    code = "import sys, synthorax, synthorax.aio; sys.exit('synthorax.inference.grpc_service_pb2' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_infer_strange_dtype_is_refused():
    with synthorax.connect("localhost:1") as client, pytest.raises(ValueError, match="x: complex128"):
        client.infer("m", {"x": np.zeros(1, complex)})


@pytest.mark.parametrize("options", [{"attempts": 0}, {"deadline": 0}])
def test_connect_bad_options_are_refused(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        synthorax.connect("localhost:1", **options)


def test_generate_unknown_names_are_refused():
    with synthorax.connect("localhost:1") as client:
        with pytest.raises(ValueError, match=r"noise_scheduler: heun \(expected: DDIM, DPM_SOLVER_PP_2M"):
            client.generate(noise_scheduler="heun")
        with pytest.raises(TypeError, match="steps: no option"):
            client.generate(steps=3)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_png_there_and_back(dtype):
    picture = np.arange(6, dtype=dtype).reshape(2, 3) * (1000 if dtype == np.uint16 else 40)
    made = synthorax.Image(0, 1, synthorax.png(picture), "PNG_GRAY8", 3, 2)

    assert made.array().dtype == dtype
    assert made.array().tolist() == picture.tolist()
