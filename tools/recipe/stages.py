"""The stages of the recipe in order: vocabulary, autoencoder phases, latents, denoising on text, on text and masks, decoder phases."""
import json
import math
import os
import shutil
import time

import torch
from safetensors.torch import load_file, save_file

from . import losses, networks, vocabulary
from .loop import FlatOptimizer, Loop
from .samples import Captions

SHARED = ("model_index.json", "scheduler/scheduler_config.json", "synthorax.yaml")
ENCODED_AT_ONCE = 16


class Run:
    """What all stages share. `seconds` is the time for each stage that learns, by name; empty for the recipe's steps."""

    def __init__(self, samples, template, recipe, work, device, precision, seconds):
        self.samples, self.template, self.recipe, self.work = samples, template, recipe, work
        self.device, self.precision, self.seconds = device, precision, seconds
        self.seed = recipe["seed"]
        self.report_seconds, self.checkpoint_seconds = 5.0, 60.0
        self.compiled = False
        configs = {kind: self.config(kind) for kind in networks.FILES}
        self.identity = json.dumps([recipe, configs, samples.digest], sort_keys=True)

    def config(self, kind):
        return networks.read_json(self.template / "pipeline" / kind / "config.json")

    def scheduler(self):
        return networks.read_json(self.template / "pipeline" / "scheduler" / "scheduler_config.json")

    def result(self, stage):
        return self.work / stage

    def done(self, stage):
        """Whether a stage has ended; a folder appears whole, by one rename."""
        folder = self.result(stage)
        if not folder.exists():
            return False
        if (folder / "identity.json").read_text(encoding="utf-8") != self.identity:
            raise SystemExit(f"{folder}: of another recipe or other samples (expected: those of this run; take another --work)")
        return True

    def finish(self, stage, write):
        unfinished = self.work / f"{stage}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        write(unfinished)
        (unfinished / "identity.json").write_text(self.identity, encoding="utf-8")
        os.replace(unfinished, self.result(stage))

    def network(self, kind, stage=None):
        """A network as a stage has left it, or a new one."""
        network = networks.create(kind, losses.CRITIC if kind == "critic" else self.config(kind), self.seed)
        if stage:
            networks.load(network, kind, load_file(self.result(stage) / f"{kind}.safetensors"))
        return network.to(self.device)

    def save(self, stage, learned):
        def write(folder):
            for kind, network in learned.items():
                tensors = {n: t.float().contiguous().cpu() for n, t in networks.state(network, kind).items()}
                save_file(tensors, folder / f"{kind}.safetensors", {"format": "pt"})

        self.finish(stage, write)

    def fast(self, function):
        """Compiled where that pays: on a GPU."""
        return torch.compile(function) if self.compiled else function


def all_stages(run):
    """Names and what they do, in order."""
    return [
        ("vocabulary", vocabulary_stage),
        *((name, autoencoder_stage) for name in phases(run, "autoencoder")),
        ("latents", latent_stage),
        ("diffusion", denoiser_stage),
        ("control", denoiser_stage),
        *((name, autoencoder_stage) for name in phases(run, "decoder")),
    ]


def phases(run, part):
    """Names of the stages that train the autoencoder or, later, its decoder alone."""
    return [f"{part}-{i + 1}" for i in range(len(run.recipe[part]))]


def vocabulary_stage(run, name):
    captions = Captions(run.recipe["captions"])
    merges = vocabulary.learn([captions.whole(label) for label in run.samples.labels], run.recipe["maxTokens"])
    length = run.config("text_encoder")["max_position_embeddings"]
    run.finish(name, lambda folder: vocabulary.write(folder, merges, length))


def autoencoder_stage(run, name):
    part, number = name.split("-")
    settings = run.recipe[part][int(number) - 1]
    names = phases(run, "autoencoder") + phases(run, "decoder")
    before = names[names.index(name) - 1] if name != names[0] else None
    vae = run.network("vae", before)
    if before is None:
        networks.start_autoencoder(vae)
    if part == "decoder":
        vae.encoder.requires_grad_(False)
        if vae.quant_conv is not None:
            vae.quant_conv.requires_grad_(False)
    optimizer = FlatOptimizer([vae])
    critic = None
    if settings["criticWeight"] > 0 or settings["featureWeight"] > 0:
        network = run.network("critic")
        critic = losses.Critic(network, FlatOptimizer([network], beta1=0.5, decay=0.0), settings)
    vae.encoder.forward, vae.decoder.forward = run.fast(vae.encoder.forward), run.fast(vae.decoder.forward)
    loss = losses.AutoencoderLoss(vae, settings, critic)
    order = run.samples.order(settings["batchSize"], run.seed)
    loop = Loop(run, name, settings, optimizer, run.seconds.get(name))
    loop.rival = critic
    loop.learn(
        lambda step: loss.of(step, losses.crops(run.samples.batch(order.batch(step), run.device), settings["crop"]))
    )
    optimizer.swap_average()
    run.save(name, {"vae": vae})
    held_out(run, vae)


@torch.no_grad()
def held_out(run, vae):
    """Says how well images that were not learned from come back."""
    indices = run.samples.held_out()[:64]
    errors = []
    for start in range(0, len(indices), ENCODED_AT_ONCE):
        images = run.samples.batch(indices[start : start + ENCODED_AT_ONCE], run.device)
        mean = losses.moments(vae, images).chunk(2, 1)[0]
        errors += ((losses.decode(vae, mean).clamp(-1, 1) - images) ** 2).mean((1, 2, 3)).div(4).tolist()
    if errors:
        print(f"held out: {sum(-10 * math.log10(e) for e in errors) / len(errors):.2f} dB", flush=True)


@torch.no_grad()
def latent_stage(run, name):
    last = phases(run, "autoencoder")[-1]
    vae, means, deviations = run.network("vae", last).eval(), [], []
    total, squares, start = 0.0, 0.0, time.monotonic()
    for first in range(0, len(run.samples.labels), ENCODED_AT_ONCE):
        indices = range(first, min(first + ENCODED_AT_ONCE, len(run.samples.labels)))
        with run.precision():
            mean, log_variance = losses.moments(vae, run.samples.batch(indices, run.device)).float().chunk(2, 1)
        deviation = (0.5 * log_variance.clamp(-30, 20)).exp()
        total += mean.double().sum().item()
        squares += (mean.double() ** 2 + deviation.double() ** 2).sum().item()
        means.append(mean.half().contiguous().cpu())
        deviations.append(deviation.half().cpu())
    count = sum(m.numel() for m in means)
    factor = 1 / math.sqrt(squares / count - (total / count) ** 2)
    tensors = {"mean": torch.cat(means), "deviation": torch.cat(deviations)}
    run.finish(name, lambda folder: save_file(tensors, folder / "latents.safetensors", {"scalingFactor": repr(factor)}))
    print(f"latents: {len(tensors['mean'])} in {time.monotonic() - start:.0f} s, scaling factor {factor:.4f}", flush=True)


def scaling_factor(run):
    from safetensors import safe_open

    with safe_open(run.result("latents") / "latents.safetensors", "pt") as file:
        return float(file.metadata()["scalingFactor"])


def denoiser_stage(run, name):
    settings, captions = run.recipe[name], Captions(run.recipe["captions"])
    tokenizer = vocabulary.Tokenizer(run.result("vocabulary"))
    before = None if name == "diffusion" else "diffusion"
    learned = {kind: run.network(kind, before) for kind in ("unet", "text_encoder")}
    if name == "control":
        learned["controlnet"] = run.network("controlnet")
        copied = networks.state(learned["unet"], "unet")
        for key, parameter in networks.state(learned["controlnet"], "controlnet").items():
            if key in copied and copied[key].shape == parameter.shape:
                parameter.copy_(copied[key])
    for kind, network in learned.items():
        network.requires_grad_(kind in settings["learn"])
    optimizer = FlatOptimizer(list(learned.values()))
    latents = load_file(run.result("latents") / "latents.safetensors")
    latents = {key: value.to(run.device) for key, value in latents.items()}
    factor = scaling_factor(run)
    order = run.samples.order(settings["batchSize"], run.seed)
    called = {kind: run.fast(network) for kind, network in learned.items()} if run.compiled else learned
    loss = losses.DenoiserLoss(called, losses.NoiseObjective(run.scheduler(), settings["weighting"]))

    def objective(step):
        batch = order.batch(step)
        rows = torch.as_tensor(batch, device=run.device)
        deviation = latents["deviation"][rows].float()
        drawn = (latents["mean"][rows].float() + deviation * torch.randn(deviation.shape, device=run.device)) * factor

        def ids():
            labels = [run.samples.labels[i] for i in batch]
            draws = torch.rand(len(labels) * len(captions.parts)).view(len(labels), len(captions.parts)).tolist()
            texts = [captions.drawn(label, draw) for label, draw in zip(labels, draws)]
            return torch.tensor([tokenizer.encode(text) for text in texts], device=run.device)

        def masks():
            return run.samples.batch_masks(batch, run.recipe["structures"], run.device)

        return loss.of(drawn, ids, masks)

    Loop(run, name, settings, optimizer, run.seconds.get(name)).learn(objective)
    optimizer.swap_average()
    run.save(name, learned)


def publish(run, out):
    """The pipeline's folder in the diffusers layout, FP16, by one rename."""
    unfinished = out.with_name(out.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    for kind, file in networks.FILES.items():
        folder = unfinished / kind
        folder.mkdir(parents=True)
        config = run.config(kind)
        stage = (phases(run, "autoencoder") + phases(run, "decoder"))[-1] if kind == "vae" else "control"
        if kind == "vae":
            config["scaling_factor"] = scaling_factor(run)
        tensors = load_file(run.result(stage) / f"{kind}.safetensors")
        save_file({n: t.half() for n, t in tensors.items()}, folder / file, {"format": "pt"})
        (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    for file in SHARED:
        target = unfinished / file
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(run.template / "pipeline" / file, target)
    shutil.copytree(run.result("vocabulary"), unfinished / "tokenizer", ignore=shutil.ignore_patterns("identity.json"))
    os.replace(unfinished, out)
