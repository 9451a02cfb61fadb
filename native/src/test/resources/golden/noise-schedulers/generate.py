"""Trajectories of diffusers' noise schedulers with a fixed elementwise network; prints trajectories.json to argv[1]."""
import json
import pathlib
import sys
import tempfile

import torch
from diffusers import DDIMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler
from diffusers import LCMScheduler, PNDMScheduler, UniPCMultistepScheduler
from diffusers.schedulers import scheduling_euler_ancestral_discrete, scheduling_lcm

SD = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
CASES = [
    ("ddim-epsilon", DDIMScheduler, dict(**SD, clip_sample=False, set_alpha_to_one=False, steps_offset=1), 8),
    ("ddim-v-trailing", DDIMScheduler, dict(**SD, clip_sample=False, prediction_type="v_prediction", timestep_spacing="trailing"), 7),
    ("ddim-clipped", DDIMScheduler, dict(beta_schedule="linear", clip_sample=True, timestep_spacing="linspace"), 9),
    ("ddim-v-clipped", DDIMScheduler, dict(beta_schedule="squaredcos_cap_v2", clip_sample=True, prediction_type="v_prediction"), 6),
    ("dpm-epsilon", DPMSolverMultistepScheduler, dict(**SD, algorithm_type="dpmsolver++", solver_order=2), 8),
    ("dpm-epsilon-20", DPMSolverMultistepScheduler, dict(**SD, timestep_spacing="leading", steps_offset=1), 20),
    ("dpm-v-trailing", DPMSolverMultistepScheduler, dict(**SD, prediction_type="v_prediction", timestep_spacing="trailing"), 6),
    ("dpm-sigma-min-20", DPMSolverMultistepScheduler, dict(**SD, final_sigmas_type="sigma_min"), 20),
    ("dpm-sigma-min-6", DPMSolverMultistepScheduler, dict(**SD, final_sigmas_type="sigma_min"), 6),
    ("ddim-v-zero-snr", DDIMScheduler, dict(**SD, clip_sample=False, prediction_type="v_prediction", timestep_spacing="trailing", rescale_betas_zero_snr=True), 6),
    ("ddim-trained-betas", DDIMScheduler, dict(trained_betas=[0.01 + 0.002 * i for i in range(40)], num_train_timesteps=40, clip_sample=False), 5),
    ("dpm-karras", DPMSolverMultistepScheduler, dict(**SD, use_karras_sigmas=True), 8),
    ("dpm-karras-20", DPMSolverMultistepScheduler, dict(**SD, use_karras_sigmas=True, final_sigmas_type="sigma_min"), 20),
    ("dpm-lu", DPMSolverMultistepScheduler, dict(**SD, use_lu_lambdas=True), 8),
    ("dpm-heun", DPMSolverMultistepScheduler, dict(**SD, solver_type="heun"), 8),
    ("dpm-order-1", DPMSolverMultistepScheduler, dict(**SD, solver_order=1), 8),
    ("dpm-euler-at-final", DPMSolverMultistepScheduler, dict(**SD, euler_at_final=True, final_sigmas_type="sigma_min"), 20),
    ("dpm-lambda-clipped", DPMSolverMultistepScheduler, dict(beta_schedule="squaredcos_cap_v2", lambda_min_clipped=-5.1), 8),
    ("dpm-v-zero-snr", DPMSolverMultistepScheduler, dict(**SD, prediction_type="v_prediction", timestep_spacing="trailing", rescale_betas_zero_snr=True), 6),
    ("euler-epsilon", EulerDiscreteScheduler, dict(**SD), 8),
    ("euler-epsilon-25", EulerDiscreteScheduler, dict(**SD, timestep_spacing="leading", steps_offset=1), 25),
    ("euler-epsilon-1", EulerDiscreteScheduler, dict(**SD), 1),
    ("euler-trailing", EulerDiscreteScheduler, dict(**SD, timestep_spacing="trailing"), 7),
    ("euler-v", EulerDiscreteScheduler, dict(**SD, prediction_type="v_prediction"), 20),
    ("euler-v-leading", EulerDiscreteScheduler, dict(**SD, prediction_type="v_prediction", timestep_spacing="leading"), 6),
    ("euler-v-trailing", EulerDiscreteScheduler, dict(**SD, prediction_type="v_prediction", timestep_spacing="trailing"), 3),
    ("euler-sigma-min", EulerDiscreteScheduler, dict(**SD, final_sigmas_type="sigma_min"), 8),
    ("euler-karras", EulerDiscreteScheduler, dict(**SD, use_karras_sigmas=True), 8),
    ("euler-v-karras-leading", EulerDiscreteScheduler, dict(**SD, prediction_type="v_prediction", use_karras_sigmas=True, timestep_spacing="leading", steps_offset=1), 20),
    ("euler-karras-cosine", EulerDiscreteScheduler, dict(beta_schedule="squaredcos_cap_v2", use_karras_sigmas=True), 8),
    ("euler-v-zero-snr", EulerDiscreteScheduler, dict(**SD, prediction_type="v_prediction", timestep_spacing="trailing", rescale_betas_zero_snr=True), 6),
    ("pndm-stable-diffusion", PNDMScheduler, dict(**SD, skip_prk_steps=True, steps_offset=1), 8),
    ("pndm-stable-diffusion-50", PNDMScheduler, dict(**SD, skip_prk_steps=True, steps_offset=1), 50),
    ("pndm-epsilon-1", PNDMScheduler, dict(**SD, skip_prk_steps=True, steps_offset=1), 1),
    ("pndm-epsilon-2", PNDMScheduler, dict(**SD, skip_prk_steps=True), 2),
    ("pndm-epsilon-3", PNDMScheduler, dict(**SD, skip_prk_steps=True, set_alpha_to_one=True), 3),
    ("pndm-linspace", PNDMScheduler, dict(**SD, skip_prk_steps=True, timestep_spacing="linspace"), 8),
    ("pndm-trailing", PNDMScheduler, dict(**SD, skip_prk_steps=True, timestep_spacing="trailing"), 7),
    ("pndm-v", PNDMScheduler, dict(**SD, skip_prk_steps=True, prediction_type="v_prediction", steps_offset=1), 8),
    ("pndm-v-trailing", PNDMScheduler, dict(**SD, skip_prk_steps=True, prediction_type="v_prediction", timestep_spacing="trailing", set_alpha_to_one=True), 20),
    ("pndm-v-linspace-2", PNDMScheduler, dict(**SD, skip_prk_steps=True, prediction_type="v_prediction", timestep_spacing="linspace"), 2),
    ("pndm-cosine", PNDMScheduler, dict(beta_schedule="squaredcos_cap_v2", skip_prk_steps=True), 6),
    ("lcm-defaults", LCMScheduler, {}, 4),
    ("lcm-epsilon-1", LCMScheduler, {}, 1),
    ("lcm-epsilon-8", LCMScheduler, dict(timestep_spacing="trailing"), 8),
    ("lcm-epsilon-50", LCMScheduler, dict(steps_offset=1), 50),
    ("lcm-epsilon-7-of-30", LCMScheduler, dict(original_inference_steps=30), 7),
    ("lcm-v", LCMScheduler, dict(prediction_type="v_prediction"), 4),
    ("lcm-v-zero-snr", LCMScheduler, dict(prediction_type="v_prediction", timestep_spacing="trailing", rescale_betas_zero_snr=True), 4),
    ("lcm-v-scaling", LCMScheduler, dict(beta_schedule="squaredcos_cap_v2", prediction_type="v_prediction", timestep_scaling=0.02), 5),
    ("lcm-clipped", LCMScheduler, dict(beta_schedule="linear", clip_sample=True, clip_sample_range=0.8), 6),
    ("lcm-trained-betas", LCMScheduler, dict(trained_betas=[0.01 + 0.002 * i for i in range(40)], num_train_timesteps=40, original_inference_steps=20), 4),
    ("dpmkarras-plain-file", DPMSolverMultistepScheduler, dict(**SD, use_karras_sigmas=True), 12),
    ("dpmkarras-v", DPMSolverMultistepScheduler, dict(**SD, prediction_type="v_prediction", use_karras_sigmas=True), 20),
    ("ancestral-epsilon", EulerAncestralDiscreteScheduler, dict(**SD), 8),
    ("ancestral-epsilon-1", EulerAncestralDiscreteScheduler, dict(**SD), 1),
    ("ancestral-leading-25", EulerAncestralDiscreteScheduler, dict(**SD, timestep_spacing="leading", steps_offset=1), 25),
    ("ancestral-trailing", EulerAncestralDiscreteScheduler, dict(**SD, timestep_spacing="trailing"), 7),
    ("ancestral-v", EulerAncestralDiscreteScheduler, dict(**SD, prediction_type="v_prediction"), 20),
    ("ancestral-v-trailing", EulerAncestralDiscreteScheduler, dict(**SD, prediction_type="v_prediction", timestep_spacing="trailing"), 6),
    ("ancestral-cosine", EulerAncestralDiscreteScheduler, dict(beta_schedule="squaredcos_cap_v2"), 6),
    ("unipc-defaults", UniPCMultistepScheduler, dict(), 8),
    ("unipc-epsilon-1", UniPCMultistepScheduler, dict(**SD), 1),
    ("unipc-epsilon-2", UniPCMultistepScheduler, dict(**SD), 2),
    ("unipc-epsilon-20", UniPCMultistepScheduler, dict(**SD, timestep_spacing="leading", steps_offset=1), 20),
    ("unipc-epsilon-50", UniPCMultistepScheduler, dict(**SD), 50),
    ("unipc-v-trailing", UniPCMultistepScheduler, dict(**SD, prediction_type="v_prediction", timestep_spacing="trailing"), 7),
    ("unipc-v-zero-snr", UniPCMultistepScheduler, dict(**SD, prediction_type="v_prediction", timestep_spacing="trailing", rescale_betas_zero_snr=True), 6),
    ("unipc-order-1", UniPCMultistepScheduler, dict(**SD, solver_order=1), 8),
    ("unipc-order-3", UniPCMultistepScheduler, dict(**SD, solver_order=3), 12),
    ("unipc-bh1-sigma-min", UniPCMultistepScheduler, dict(**SD, solver_type="bh1", final_sigmas_type="sigma_min"), 10),
    ("unipc-bh1-order-3", UniPCMultistepScheduler, dict(**SD, solver_type="bh1", solver_order=3, final_sigmas_type="sigma_min"), 10),
    ("unipc-highest-to-the-end", UniPCMultistepScheduler, dict(**SD, lower_order_final=False, final_sigmas_type="sigma_min"), 9),
    ("unipc-uncorrected", UniPCMultistepScheduler, dict(**SD, disable_corrector=[0, 3]), 9),
    ("unipc-karras", UniPCMultistepScheduler, dict(**SD, use_karras_sigmas=True), 8),
    ("unipc-karras-sigma-min", UniPCMultistepScheduler, dict(**SD, use_karras_sigmas=True, final_sigmas_type="sigma_min"), 20),
    ("unipc-cosine", UniPCMultistepScheduler, dict(beta_schedule="squaredcos_cap_v2"), 6),
    ("unipc-trained-betas", UniPCMultistepScheduler, dict(trained_betas=[0.01 + 0.002 * i for i in range(40)], num_train_timesteps=40), 5),
]
# Image-to-image: name, class, configuration, steps, strength.
FROM_IMAGE = [
    ("ddim-image", DDIMScheduler, dict(**SD, clip_sample=False, set_alpha_to_one=False, steps_offset=1), 10, 0.7),
    ("ddim-image-all", DDIMScheduler, dict(**SD, clip_sample=False, timestep_spacing="trailing", prediction_type="v_prediction"), 6, 1.0),
    ("dpm-image", DPMSolverMultistepScheduler, dict(**SD), 20, 0.35),
    ("dpm-image-one-step", DPMSolverMultistepScheduler, dict(**SD), 5, 0.3),
    ("dpmkarras-image", DPMSolverMultistepScheduler, dict(**SD, use_karras_sigmas=True), 12, 0.8),
    ("euler-image", EulerDiscreteScheduler, dict(**SD), 10, 0.7),
    ("euler-image-leading", EulerDiscreteScheduler, dict(**SD, timestep_spacing="leading", steps_offset=1), 8, 1.0),
    ("ancestral-image", EulerAncestralDiscreteScheduler, dict(**SD), 10, 0.5),
    ("lcm-image", LCMScheduler, {}, 4, 0.6),
    ("unipc-image", UniPCMultistepScheduler, dict(**SD, disable_corrector=[5]), 10, 0.7),
    ("unipc-image-order-3", UniPCMultistepScheduler, dict(**SD, solver_order=3), 12, 0.75),
    ("pndm-image-all", PNDMScheduler, dict(**SD, skip_prk_steps=True, steps_offset=1), 6, 1.0),
]
# Of these a region alone is drawn anew, as StableDiffusionInpaintPipeline does with a U-Net of four channels.
REDRAWN = [
    ("ddim-region", DDIMScheduler, dict(**SD, clip_sample=False, set_alpha_to_one=False, steps_offset=1), 8, 0.75),
    ("ddim-region-all", DDIMScheduler, dict(**SD, clip_sample=False), 5, 1.0),
    ("dpm-region", DPMSolverMultistepScheduler, dict(**SD), 8, 0.8),
    ("euler-region", EulerDiscreteScheduler, dict(**SD), 8, 0.6),
    ("euler-region-all", EulerDiscreteScheduler, dict(**SD, timestep_spacing="leading", steps_offset=1), 6, 1.0),
    ("ancestral-region-all", EulerAncestralDiscreteScheduler, dict(**SD), 6, 1.0),
    ("lcm-region", LCMScheduler, {}, 4, 0.8),
    ("pndm-region-all", PNDMScheduler, dict(**SD, skip_prk_steps=True, steps_offset=1), 7, 1.0),
    ("unipc-region", UniPCMultistepScheduler, dict(**SD), 8, 0.8),
]
NOISE = []


def fixed_noise(shape, **_):
    """Takes the place of randn_tensor: another row of numbers at each call, kept for the file."""
    NOISE.append([((7 * len(NOISE) + 5 * i) % 11 - 5) / 4 for i in range(shape[-1])])
    return torch.tensor([NOISE[-1]])


def main():
    scheduling_lcm.randn_tensor = fixed_noise
    scheduling_euler_ancestral_discrete.randn_tensor = fixed_noise
    out = []
    for name, cls, config, steps, strength in [case + (None,) for case in CASES] + FROM_IMAGE + REDRAWN:
        scheduler = cls(**config)
        scheduler.set_timesteps(steps)
        x = torch.tensor([[-2.0, -0.7, -0.1, 0.4, 1.1, 2.5]], dtype=torch.float32)
        start = x[0].tolist()
        timesteps = scheduler.timesteps
        extra = {}
        if strength:  # as StableDiffusionImg2ImgPipeline.get_timesteps and prepare_latents
            image = torch.tensor([[0.3, -1.2, 0.8, 0.1, -0.5, 1.6]], dtype=torch.float32)
            first = max(steps - min(int(steps * strength), steps), 0)
            timesteps = scheduler.timesteps[first * scheduler.order:]
            if hasattr(scheduler, "set_begin_index"):
                scheduler.set_begin_index(first * scheduler.order)
            noise = x
            region = "-region" in name
            x = x * scheduler.init_noise_sigma if region and strength == 1 else scheduler.add_noise(image, x, timesteps[:1])
            extra = dict(strength=strength, image=image[0].tolist(), mixed=x[0].tolist())
            redrawn = torch.tensor([[1.0, 0.0, 1.0, 0.0, 0.0, 1.0]])
            if region:
                extra["redrawn"] = redrawn[0].tolist()
        else:
            x = x * scheduler.init_noise_sigma
        trajectory = []
        NOISE.clear()
        for i, t in enumerate(timesteps):
            seen = scheduler.scale_model_input(x, t)
            e = 0.45 * seen + 0.25 * torch.tanh(2 * seen) - 0.1 * float(t) / 1000
            x = scheduler.step(e, t, x).prev_sample
            if "redrawn" in extra:
                known = image if i == len(timesteps) - 1 else scheduler.add_noise(image, noise, timesteps[i + 1:i + 2])
                x = (1 - redrawn) * known + redrawn * x
            trajectory.append(x[0].tolist())
        with tempfile.TemporaryDirectory() as folder:  # as save_pretrained writes it, -Infinity included
            scheduler.save_config(folder)
            saved = (pathlib.Path(folder) / "scheduler_config.json").read_text("utf-8")
        golden = dict(name=name, config=saved, steps=steps,
                      timesteps=timesteps.tolist(), start=start, trajectory=trajectory, **extra)
        out.append(dict(golden, noise=list(NOISE)) if NOISE else golden)
    with open(sys.argv[1], "w") as file:
        json.dump(dict(cases=out), file, indent=1)
        file.write("\n")


main()
