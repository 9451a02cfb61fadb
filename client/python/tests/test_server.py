"""Against the server at SYNTHORAX_ADDRESS, with the bundled model and the small ones that the build gives it."""

import asyncio
import os

import grpc
import numpy as np
import pytest

import synthorax
import synthorax.aio

if "SYNTHORAX_ADDRESS" not in os.environ:
    pytest.skip("no server: SYNTHORAX_ADDRESS names none", allow_module_level=True)


@pytest.fixture
def client():
    with synthorax.connect(os.environ["SYNTHORAX_ADDRESS"], deadline=120) as client:
        yield client


def test_generate_images_are_those_of_their_seeds(client):
    events = []
    both = list(
        client.generate("large right pneumothorax", count=2, seed=7, num_inference_steps=2, on_event=events.append)
    )
    second = next(client.generate("large right pneumothorax", seed=8, num_inference_steps=2))

    assert sorted(each.index for each in both) == [0, 1]
    assert {each.seed: each.data for each in both}[8] == second.data
    assert second.array().shape == (second.height, second.width)
    assert isinstance(events[0], synthorax.Queued)


def test_generate_mask_and_raw_pixels(client):
    mask = np.zeros((128, 128), bool)
    mask[30:90, 20:50] = True
    (made,) = client.generate(masks={"lungs": mask}, num_inference_steps=2, output_format="raw-float32")

    assert made.array().dtype == np.float32
    assert 0 <= made.array().min() <= made.array().max() <= 1


def test_generate_unknown_model_is_a_typed_error(client):
    with pytest.raises(synthorax.SynthoraxError) as failure:
        list(client.generate(model="nobody"))

    assert failure.value.code == grpc.StatusCode.NOT_FOUND
    assert (failure.value.reason, failure.value.resource) == ("MODEL_NOT_FOUND", "nobody")


def test_generate_bad_count_names_its_field(client):
    with pytest.raises(synthorax.SynthoraxError) as failure:
        list(client.generate(count=1000))

    assert failure.value.reason == "INVALID_ARGUMENT"
    assert failure.value.field.endswith("count")


def test_generate_left_iterator_cancels(client):
    images = client.generate(count=64, num_inference_steps=20, seed=1)
    next(images)
    images.close()

    assert client.infer("doubler", {"x": np.ones((1, 2), np.float32)})["y"].tolist() == [[2, 2]]


def test_infer_more_than_four_mebibytes_come_back(client):
    x = np.arange(2 << 20, dtype=np.float32).reshape(-1, 2)

    assert (client.infer("doubler", {"x": x})["y"] == 2 * x).all()


def test_infer_wrong_shape_is_a_typed_error(client):
    with pytest.raises(synthorax.SynthoraxError) as failure:
        client.infer("doubler", {"x": np.ones((1, 3), np.float32)})

    assert failure.value.code == grpc.StatusCode.INVALID_ARGUMENT
    assert failure.value.reason == "INVALID_ARGUMENT"
    assert str(failure.value).startswith("input x: shape [1, 3]")


def test_segment_and_classify_small_models(client):
    film = np.zeros((8, 8), np.uint8)
    film[:, :4] = 255

    marked = client.segment(film, model="marker", probabilities=True)
    read = client.classify(synthorax.png(film), model="reader", threshold=0.4)

    assert (marked.structures["lungs"].mask() == (film > 0)).all()
    assert (marked.structures["lungs"].probabilities() == film / 255).all()
    assert read.findings["edema"].probability == pytest.approx(0.5, abs=0.01)
    assert read.findings["edema"].present


def test_asyncio_calls_run_side_by_side():
    async def calls():
        async with synthorax.aio.connect(os.environ["SYNTHORAX_ADDRESS"], deadline=120) as client:

            async def draw(seed):
                return [each.seed async for each in client.generate(seed=seed, num_inference_steps=2)]

            doubled = client.infer("doubler", {"x": np.ones((1, 2), np.float32)})
            return await asyncio.gather(draw(1), draw(2), doubled)

    first, second, doubled = asyncio.run(calls())

    assert (first, second) == ([1], [2])
    assert doubled["y"].tolist() == [[2, 2]]
