"""Serves folders saved by diffusers and compares each image with diffusers' own.

Run from the repository's root, in an environment with torch, diffusers, transformers, pillow, grpcio-tools and scipy:

    python benchmarks/peers/diffusers_parity.py benchmarks/results/DATE-diffusers-parity.md

Random tiny networks, no parameter zero; both sides start from the same latents, two images a request. A folder passes if every
pixel is within one grey level of diffusers' (channels averaged), or if it is refused in one sentence. A scheduler class that is
replaced is compared with diffusers under the scheduler that takes its place, and must be warned of. Exits with 1 if a folder fails.
"""

import datetime
import importlib
import inspect
import io
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import time
import warnings

os.environ.setdefault("HF_HUB_OFFLINE", "1")
warnings.filterwarnings("ignore")

import diffusers
import grpc
import grpc_tools.protoc
import numpy as np
import torch
import transformers
from diffusers import AutoencoderKL, ControlNetModel, DiffusionPipeline, StableDiffusionControlNetPipeline
from diffusers import StableDiffusionImg2ImgPipeline, StableDiffusionPipeline, StableDiffusionXLPipeline, UNet2DConditionModel
from diffusers.models.autoencoders.vae import DiagonalGaussianDistribution
from diffusers.pipelines.stable_diffusion import pipeline_stable_diffusion_img2img
from PIL import Image
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

diffusers.utils.logging.set_verbosity_error()
diffusers.utils.logging.disable_progress_bar()
transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()

torch.set_num_threads(1)  # tiny networks

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAUNCHER = ROOT / "synthorax"
PROMPT, NEGATIVE = "large right pleural effusion!", "support devices"
STEPS, GUIDANCE, IMAGES, LENGTH, STRENGTH = 8, 5.0, 2, 24, 0.6
LATENT = (8, 12)  # height, width: a pair, so that a swap shows
FACTOR = 4
SD = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
DPM = dict(algorithm_type="dpmsolver++", solver_type="midpoint", solver_order=2, lower_order_final=True)

SAME = ["DDIMScheduler", "DDIMParallelScheduler", "DPMSolverMultistepScheduler", "EulerDiscreteScheduler", "LCMScheduler",
        "UniPCMultistepScheduler", "EulerAncestralDiscreteScheduler"]
DRAWING = ["LCMScheduler", "EulerAncestralDiscreteScheduler"]
AS_DDIM = ["DDPMScheduler", "DDPMParallelScheduler", "TCDScheduler"]
AS_DPM = ["PNDMScheduler", "DPMSolverSinglestepScheduler", "DEISMultistepScheduler", "HeunDiscreteScheduler", "KDPM2DiscreteScheduler",
          "KDPM2AncestralDiscreteScheduler", "LMSDiscreteScheduler", "SASolverScheduler", "DPMSolverSDEScheduler"]
REFUSED = ["FlowMatchEulerDiscreteScheduler", "FlowMatchHeunDiscreteScheduler", "EDMEulerScheduler", "EDMDPMSolverMultistepScheduler",
           "DDIMInverseScheduler", "DPMSolverMultistepInverseScheduler", "CMStochasticIterativeScheduler", "IPNDMScheduler"]

# Configurations of the classes that are run, and what is refused.
CONFIGURED = [
    ("ddim-defaults", "DDIMScheduler", {}),
    ("ddim-trailing-v", "DDIMScheduler", dict(**SD, prediction_type="v_prediction", timestep_spacing="trailing", clip_sample=False)),
    ("ddim-zero-snr-v", "DDIMScheduler", dict(**SD, prediction_type="v_prediction", timestep_spacing="trailing", rescale_betas_zero_snr=True)),
    ("ddim-linspace", "DDIMScheduler", dict(**SD, timestep_spacing="linspace", set_alpha_to_one=False)),
    ("ddim-thresholding", "DDIMScheduler", dict(**SD, thresholding=True)),
    ("ddim-sample", "DDIMScheduler", dict(**SD, prediction_type="sample")),
    ("dpm-defaults", "DPMSolverMultistepScheduler", {}),
    ("dpm-karras", "DPMSolverMultistepScheduler", dict(**SD, use_karras_sigmas=True)),
    ("dpm-karras-v", "DPMSolverMultistepScheduler", dict(**SD, use_karras_sigmas=True, prediction_type="v_prediction")),
    ("dpm-lu", "DPMSolverMultistepScheduler", dict(**SD, use_lu_lambdas=True)),
    ("dpm-heun", "DPMSolverMultistepScheduler", dict(**SD, solver_type="heun")),
    ("dpm-order-1", "DPMSolverMultistepScheduler", dict(**SD, solver_order=1)),
    ("dpm-leading", "DPMSolverMultistepScheduler", dict(**SD, timestep_spacing="leading")),
    ("dpm-trailing", "DPMSolverMultistepScheduler", dict(**SD, timestep_spacing="trailing", final_sigmas_type="sigma_min")),
    ("dpm-zero-snr", "DPMSolverMultistepScheduler", dict(**SD, rescale_betas_zero_snr=True, timestep_spacing="trailing")),
    ("dpm-cosine-clipped", "DPMSolverMultistepScheduler", dict(beta_schedule="squaredcos_cap_v2", lambda_min_clipped=-5.1)),
    ("dpm-order-3", "DPMSolverMultistepScheduler", dict(**SD, solver_order=3)),
    ("dpm-sde", "DPMSolverMultistepScheduler", dict(**SD, algorithm_type="sde-dpmsolver++")),
    ("dpm-exponential", "DPMSolverMultistepScheduler", dict(**SD, use_exponential_sigmas=True)),
    ("dpm-beta", "DPMSolverMultistepScheduler", dict(**SD, use_beta_sigmas=True)),
    ("dpm-flow", "DPMSolverMultistepScheduler", dict(**SD, use_flow_sigmas=True)),
    ("euler-defaults", "EulerDiscreteScheduler", {}),
    ("euler-v", "EulerDiscreteScheduler", dict(**SD, prediction_type="v_prediction")),
    ("euler-leading", "EulerDiscreteScheduler", dict(**SD, timestep_spacing="leading")),
    ("euler-trailing-v", "EulerDiscreteScheduler", dict(**SD, prediction_type="v_prediction", timestep_spacing="trailing")),
    ("euler-sigma-min", "EulerDiscreteScheduler", dict(**SD, final_sigmas_type="sigma_min")),
    ("euler-karras", "EulerDiscreteScheduler", dict(**SD, use_karras_sigmas=True)),
    ("euler-zero-snr-v", "EulerDiscreteScheduler", dict(**SD, prediction_type="v_prediction", timestep_spacing="trailing", rescale_betas_zero_snr=True)),
    ("euler-log-linear", "EulerDiscreteScheduler", dict(**SD, interpolation_type="log_linear")),
    ("euler-continuous-v", "EulerDiscreteScheduler", dict(**SD, prediction_type="v_prediction", timestep_type="continuous")),
    ("pndm-stable-diffusion", "PNDMScheduler", dict(**SD, skip_prk_steps=True, set_alpha_to_one=False, steps_offset=1)),
    ("pndm-linear", "PNDMScheduler", dict(skip_prk_steps=True)),
    ("pndm-v", "PNDMScheduler", dict(**SD, skip_prk_steps=True, prediction_type="v_prediction")),
    ("pndm-linspace", "PNDMScheduler", dict(**SD, skip_prk_steps=True, timestep_spacing="linspace")),
    ("pndm-trailing-v", "PNDMScheduler", dict(**SD, skip_prk_steps=True, prediction_type="v_prediction", timestep_spacing="trailing")),
    ("pndm-alpha-one", "PNDMScheduler", dict(**SD, skip_prk_steps=True, set_alpha_to_one=True)),
    ("unipc-defaults", "UniPCMultistepScheduler", {}),
    ("unipc-karras-v", "UniPCMultistepScheduler", dict(**SD, use_karras_sigmas=True, prediction_type="v_prediction")),
    ("unipc-order-3", "UniPCMultistepScheduler", dict(**SD, solver_order=3)),
    ("unipc-bh1", "UniPCMultistepScheduler", dict(**SD, solver_type="bh1", final_sigmas_type="sigma_min")),
    ("unipc-uncorrected", "UniPCMultistepScheduler", dict(**SD, disable_corrector=[0, 1])),
    ("unipc-noise", "UniPCMultistepScheduler", dict(**SD, predict_x0=False)),
    ("euler-exponential", "EulerDiscreteScheduler", dict(**SD, use_exponential_sigmas=True)),
]


def fill(module, generator):
    """No parameter is zero or of its start: every part of every network shows in the image."""
    with torch.no_grad():
        for parameter in module.parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            spread = 0.1 if parameter.dim() == 1 else 0.8 / max(1, parameter[0].numel()) ** 0.5
            parameter.copy_((parameter if parameter.dim() == 1 else 0) + spread * noise)
    return module.eval()


def tokenizer(work, pad="<|endoftext|>"):
    """Our bundled vocabulary under the settings of Stable Diffusion 1.x or, with "!" for padding, 2.x."""
    source = ROOT / "server/src/main/resources/models/cxr-mini/tokenizer"
    folder = work / ("tokenizer-" + str(len(pad)))
    shutil.copytree(source, folder, dirs_exist_ok=True)
    for name in ("tokenizer_config.json", "special_tokens_map.json"):
        config = json.loads((folder / name).read_text("utf-8"))
        config["pad_token"] = pad
        if name == "tokenizer_config.json":
            config["model_max_length"] = LENGTH
        (folder / name).write_text(json.dumps(config), "utf-8")
    return CLIPTokenizer.from_pretrained(folder)


def networks(second_generation=False):
    """Text encoder, U-Net, autoencoder and ControlNet; with the traits of Stable Diffusion 2.x where asked."""
    generator = torch.Generator().manual_seed(20 + second_generation)
    text = CLIPTextConfig(vocab_size=1024, hidden_size=24, intermediate_size=48, num_hidden_layers=2, num_attention_heads=3,
                          max_position_embeddings=LENGTH if second_generation else LENGTH + 4, bos_token_id=716, eos_token_id=717,
                          pad_token_id=717, hidden_act="gelu" if second_generation else "quick_gelu")
    trunk = dict(in_channels=4, block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4, cross_attention_dim=24,
                 down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
                 attention_head_dim=(2, 4) if second_generation else 2, use_linear_projection=second_generation)
    unet = UNet2DConditionModel(sample_size=LATENT, out_channels=4, up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"), **trunk)
    control = ControlNetModel(conditioning_embedding_out_channels=(4, 8, 12), **trunk)
    vae = AutoencoderKL(block_out_channels=(8, 8, 16), norm_num_groups=4, down_block_types=("DownEncoderBlock2D",) * 3,
                        up_block_types=("UpDecoderBlock2D",) * 3, latent_channels=4)
    parts = dict(text_encoder=CLIPTextModel(text), unet=unet, vae=vae, controlnet=control)
    return {name: fill(part, generator) for name, part in parts.items()}


def pipeline(parts, tokens, scheduler, controlled):
    chosen = {name: part for name, part in parts.items() if controlled or name != "controlnet"}
    cls = StableDiffusionControlNetPipeline if controlled else StableDiffusionPipeline
    pipe = cls(tokenizer=tokens, scheduler=scheduler, safety_checker=None, feature_extractor=None, requires_safety_checker=False, **chosen)
    return pipe


def make_scheduler(name, config):
    return getattr(diffusers, name)(**config)


def default_config(name):
    """The class's own defaults, with Stable Diffusion's betas where it has betas."""
    known = inspect.signature(getattr(diffusers, name).__init__).parameters
    return {key: value for key, value in SD.items() if key in known}


class Case:
    """One folder: how it was saved and what diffusers is to be run with."""

    def __init__(self, name, controlled=False, variant=None, replace=None, refused=False, negative="", what="", steps=STEPS, start=False):
        self.name, self.controlled, self.variant, self.replace = name, controlled, variant, replace
        self.refused, self.negative, self.what, self.steps, self.start = refused, negative, what, steps, start


def save_all(models, work):
    parts, tokens = networks(), tokenizer(work)
    cases = []

    def save(case, scheduler, parts=parts, tokens=tokens, **options):
        pipeline(parts, tokens, scheduler, case.controlled).save_pretrained(models / case.name, variant=case.variant, **options)
        cases.append(case)

    def save_scheduler(case, scheduler):
        """The scheduler's file as its class writes it: a pipeline puts its own values into the one it is made with."""
        save(case, make_scheduler("DDIMScheduler", SD))
        scheduler.save_pretrained(models / case.name / "scheduler")
        index = models / case.name / "model_index.json"
        index.write_text(index.read_text().replace('"DDIMScheduler"', f'"{type(scheduler).__name__}"'))

    for controlled in (False, True):
        mark = "-control" if controlled else ""
        for name in SAME + AS_DDIM + AS_DPM + REFUSED:
            replace = "ddim" if name in AS_DDIM else "dpm" if name in AS_DPM else None
            steps = 1 if name in DRAWING else STEPS  # further ones draw noise, and ours is not that of PyTorch
            case = Case(name + mark, controlled, replace=replace, refused=name in REFUSED, what=name, steps=steps)
            save_scheduler(case, make_scheduler(name, default_config(name)))
        ddim = make_scheduler("DDIMScheduler", dict(**SD, clip_sample=False, steps_offset=1))
        save(Case("sharded" + mark, controlled, what="sharded, float32"), ddim, max_shard_size="20KB")
        save(Case("fp16-variant" + mark, controlled, "fp16", what="variant fp16, float32 inside"), ddim)
        for dtype in ("float16", "bfloat16"):
            fresh = {n: p.to(getattr(torch, dtype)) for n, p in networks().items()}
            short = "fp16" if dtype == "float16" else "bf16"
            save(Case(short + mark, controlled, what=dtype), ddim, fresh)
            save(Case(short + "-sharded" + mark, controlled, short, what=f"{dtype}, variant {short}, sharded"), ddim, fresh, max_shard_size="10KB")
        save(Case("negative" + mark, controlled, negative=NEGATIVE, what="negative prompt"), ddim)
        save(Case("second-generation" + mark, controlled, what="traits of SD 2.x, `!` pads"), ddim, networks(True), tokenizer(work, "!"))
    for name, cls, config in CONFIGURED:
        what = cls + " " + ", ".join(f"{k} {v}" for k, v in config.items() if k not in SD)
        refused = any(k in what for k in ("thresholding", "type sample", "DPMSolverMultistepScheduler solver_order 3", "predict_x0", "sde", "exponential", "beta_sigmas", "flow", "log_linear", "continuous"))
        save_scheduler(Case(name, refused=refused, what=what), make_scheduler(cls, config))
    pndm = make_scheduler("PNDMScheduler", dict(**SD, skip_prk_steps=True, set_alpha_to_one=False, steps_offset=1))
    save_scheduler(Case("pndm-control", True, what="PNDMScheduler skip_prk_steps True, steps_offset 1"), pndm)
    for name in ("DDIMScheduler", "DPMSolverMultistepScheduler", "EulerDiscreteScheduler", "UniPCMultistepScheduler"):
        scheduler = make_scheduler(name, default_config(name))
        save_scheduler(Case("image-to-image-" + name[:5].lower(), what=f"image to image, {name}", start=True), scheduler)
    return cases + broken(models, parts, tokens)


def broken(models, parts, tokens):
    """Folders that cannot be served, each in its own way."""
    cases = []
    ddim = make_scheduler("DDIMScheduler", dict(**SD, clip_sample=False, steps_offset=1))

    def folder(name, what):
        pipeline(parts, tokens, ddim, False).save_pretrained(models / name, max_shard_size="20KB" if "shard" in name else "10GB")
        cases.append(Case(name, refused=True, what=what))
        return models / name

    (folder("lfs", "weights are a Git LFS pointer") / "unet/diffusion_pytorch_model.safetensors").write_text(
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 3438167540\n")
    bin_only = folder("bin-only", "weights as .bin alone") / "unet"
    (bin_only / "diffusion_pytorch_model.safetensors").rename(bin_only / "diffusion_pytorch_model.bin")
    shards = folder("shard-missing", "a shard is missing") / "unet"
    sorted(shards.glob("*.safetensors"))[0].unlink()
    generator = torch.Generator().manual_seed(1)
    text = dict(vocab_size=1024, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
                max_position_embeddings=LENGTH, projection_dim=16)
    unet = UNet2DConditionModel(sample_size=8, block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4,
                                down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
                                attention_head_dim=2, cross_attention_dim=32, addition_embed_type="text_time",
                                addition_time_embed_dim=8, projection_class_embeddings_input_dim=64)
    sdxl = StableDiffusionXLPipeline(parts["vae"], CLIPTextModel(CLIPTextConfig(**text)), CLIPTextModelWithProjection(CLIPTextConfig(**text)),
                                     tokens, tokens, fill(unet, generator), ddim)
    sdxl.save_pretrained(models / "sdxl")
    cases.append(Case("sdxl", refused=True, what="StableDiffusionXLPipeline"))
    for name in ("StableDiffusion3Pipeline", "FluxPipeline", "PixArtAlphaPipeline", "SanaPipeline", "KandinskyV22Pipeline", "IFPipeline"):
        index = folder(name, name + ", by its model_index.json") / "model_index.json"
        index.write_text(index.read_text().replace("StableDiffusionPipeline", name))
    return cases


def reference(case, folder, latents, masks):
    pipe = DiffusionPipeline.from_pretrained(folder, torch_dtype=torch.float32, variant=case.variant)
    pipe.set_progress_bar_config(disable=True)
    config = {k: v for k, v in pipe.scheduler.config.items() if not k.startswith("_")}
    if case.replace == "ddim":
        pipe.scheduler = diffusers.DDIMScheduler.from_config(dict(config, clip_sample=config.get("clip_sample", False)))
    elif case.replace == "dpm":
        pipe.scheduler = diffusers.DPMSolverMultistepScheduler.from_config(dict(config, **DPM))
    if case.start:
        return image_to_image(case, pipe, latents)
    options = dict(image=torch.tensor(masks)[None].repeat(IMAGES, 1, 1, 1)) if case.controlled else {}
    with torch.no_grad():
        images = pipe([PROMPT] * IMAGES, negative_prompt=[case.negative] * IMAGES if case.negative else None, latents=torch.tensor(latents),
                      num_inference_steps=case.steps, guidance_scale=GUIDANCE, output_type="np", **options).images
    return np.round(images.mean(axis=-1) * 255).astype(int)


def image_to_image(case, pipe, latents):
    """From the mean of what the autoencoder reads, as ours; the given latents are the noise."""
    pipe = StableDiffusionImg2ImgPipeline(**pipe.components, requires_safety_checker=False)
    pipe.set_progress_bar_config(disable=True)
    pipeline_stable_diffusion_img2img.randn_tensor = lambda shape, **_: torch.tensor(latents)
    DiagonalGaussianDistribution.sample = lambda self, generator=None: self.mode()
    image = torch.tensor(start_image())[None, None].repeat(IMAGES, 3, 1, 1)
    with torch.no_grad():
        images = pipe([PROMPT] * IMAGES, image=image, strength=STRENGTH, num_inference_steps=case.steps, guidance_scale=GUIDANCE,
                      output_type="np").images
    return np.round(images.mean(axis=-1) * 255).astype(int)


def protos(work):
    source = ROOT / "proto/src/main/protobuf"
    include = pathlib.Path(grpc_tools.__file__).parent / "_proto"
    files = [str(file) for file in sorted((source / "synthorax/v1").glob("*.proto"))]
    grpc_tools.protoc.main(["protoc", f"-I{source}", f"-I{include}", f"--python_out={work}", f"--grpc_python_out={work}", *files])
    sys.path.insert(0, str(work))
    names = ("generation_pb2", "generation_pb2_grpc", "model_pb2", "model_pb2_grpc")
    return [importlib.import_module("synthorax.v1." + name) for name in names]


def png(channel):
    buffer = io.BytesIO()
    Image.fromarray(np.round(channel * 255).astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def served(case, latents, masks, channel, generation, generation_grpc):
    spec = generation.GenerationSpec(
        model=case.name, prompt=PROMPT, negative_prompt=case.negative, num_inference_steps=case.steps, guidance_scale=GUIDANCE, count=IMAGES,
        seed=1, initial_latents=latents.astype("<f4").tobytes(), output_format=generation.OUTPUT_FORMAT_RAW_GRAY8)
    if case.controlled:
        for name, mask in zip(("red", "green", "blue"), masks):
            spec.masks.add(structure=name, png=png(mask))
    if case.start:
        spec.start_image.png, spec.start_image.strength = png(start_image()), STRENGTH
    answer = generation_grpc.GenerationServiceStub(channel).Generate(generation.GenerateRequest(spec=spec), timeout=120)
    shape = (LATENT[0] * FACTOR, LATENT[1] * FACTOR)
    return np.stack([np.frombuffer(i.data, np.uint8).reshape(shape) for i in answer.images]).astype(int), list(answer.warnings)


def start_image():
    """Grey, in 0..1, of 255 levels."""
    high, wide = np.mgrid[0:LATENT[0] * FACTOR, 0:LATENT[1] * FACTOR]
    return (np.round(127 + 80 * np.sin(high / 5) * np.cos(wide / 7)) / 255).astype(np.float32)


def inputs():
    """Starting latents, and three binary masks as channels."""
    latents = np.random.default_rng(7).standard_normal((IMAGES, 4, *LATENT)).astype(np.float32)
    masks = np.zeros((3, LATENT[0] * FACTOR, LATENT[1] * FACTOR), np.float32)
    masks[0, 6:20, 4:18], masks[1, 10:26, 20:40], masks[2, 2:9, 30:44] = 1, 1, 1
    return latents, masks


def judge(case, model, folder, channel, generation, generation_grpc, model_pb2):
    """Returns result, largest difference, notes, whether it passes."""
    failed = model.state == model_pb2.MODEL_STATE_FAILED
    if failed or case.refused:
        one_line = failed and "\n" not in model.state_reason and len(model.state_reason) > 0
        return ("refused" if failed else "SERVED"), "", model.state_reason, one_line and case.refused
    latents, masks = inputs()
    ours, said = served(case, latents, masks, channel, generation, generation_grpc)
    theirs = reference(case, folder, latents, masks)
    worst = int(np.abs(ours - theirs).max())
    replaced = [line for line in said if "takes its place" in line]
    passes = worst <= 1 and theirs.std() > 5 and bool(replaced) == bool(case.replace) and said == list(model.warnings)
    return ("replaced, warned" if replaced else "same"), f"{worst} (spread {theirs.std():.0f})", " ".join(said), passes


def main():
    work = pathlib.Path(tempfile.mkdtemp(prefix="parity-"))
    models = work / "models"
    cases = save_all(models, work)
    generation, generation_grpc, model_pb2, model_grpc = protos(work)
    environment = dict(os.environ, SYNTHORAX_CACHE=str(work / "cache"))
    server = subprocess.Popen([str(LAUNCHER), "serve", "--models", str(models), "--port", "0", "--exit-with-stdin"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=open(work / "server.log", "w"), env=environment, text=True)
    lines, failures = [], 0
    try:
        port = int(server.stdout.readline().strip().split("=")[1])
        channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.max_receive_message_length", 1 << 26)])
        stub = model_grpc.ModelServiceStub(channel)
        while True:
            listed = {m.name: m for m in stub.ListModels(model_pb2.ListModelsRequest(), wait_for_ready=True).models}
            if all(m.state != model_pb2.MODEL_STATE_LOADING for m in listed.values()):
                break
            time.sleep(0.5)
        for case in cases:
            try:
                result, worst, note, passes = judge(case, listed[case.name], models / case.name, channel, generation, generation_grpc, model_pb2)
            except Exception as e:  # a folder that breaks the comparison is a failure of its row
                result, worst, note, passes = "BROKEN", "", f"{type(e).__name__}: {e}".splitlines()[0], False
            failures += not passes
            lines.append(f"| {case.what} | {'yes' if case.controlled else 'no'} | {result if passes else '**FAILED** ' + result} | {worst} | {note} |")
            print(lines[-1], flush=True)
        server.stdin.close()
        server.wait(60)
    finally:
        server.kill()
    report(pathlib.Path(sys.argv[1]), lines, failures)
    print(f"{len(cases)} folders, {failures} failed; server log and folders in {work}")
    sys.exit(1 if failures else 0)


def report(path, lines, failures):
    versions = f"diffusers {diffusers.__version__}, transformers {transformers.__version__}, torch {torch.__version__}, Python {platform.python_version()}"
    path.write_text(
        f"""# Folders saved by diffusers, served here

Each row is a pipeline of tiny random networks (no parameter zero, latents {LATENT[0]} x {LATENT[1]}) saved by the current diffusers and served by
`./synthorax serve`; the image is compared with the one that diffusers makes of the same folder from the same latents: {STEPS} steps, guidance
{GUIDANCE:g}, {IMAGES} images a request, all other arguments as the pipeline has them. The fourth column is the largest difference of any pixel in grey
levels of 255 (channels averaged), beside the standard deviation of diffusers' pixels. "replaced, warned": the scheduler class is not built in; the comparison is with diffusers under the scheduler that
takes its place, and the response carries the warning. "refused": the reason that `synthorax models` shows.

- Command: `python benchmarks/peers/diffusers_parity.py {path.as_posix()}`
- {versions}; CPU, float32 on both sides. {datetime.date.today().isoformat()}, {os.cpu_count()} cores.
- {len(lines)} folders, {failures} failed.

| folder | ControlNet | result | largest difference | warnings, or the reason |
| --- | --- | --- | --- | --- |
""" + "\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
