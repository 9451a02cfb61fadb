"""What the networks minimise, term by term as the Java trainer has it. Random numbers are drawn in its order."""
import torch
import torch.nn.functional as F

DROP_TEXT_ONLY, DROP_TEXT, DROP_MASK, DROP_STRUCTURE = 0.1, 0.25, 0.35, 0.15
GAMMA = 5.0
CRITIC = {"channels": [24, 48, 96]}
CRITIC_RATE, CRITIC_ALONE, CRITIC_RAMP, CRITIC_FLOOR = 5e-4, 50, 50, 1e-3


def keep(drop, *shape, device):
    """Ones, and zeros with probability `drop`."""
    return (torch.rand(shape, device=device) >= drop).float()


def crops(images, side):
    """A square of each image at a random place; side 0 for the whole images."""
    if side == 0:
        return images
    height, width = images.shape[2:]
    places = torch.rand(2 * len(images)).tolist()
    tops = [min(height - side, int(p * (height - side + 1))) for p in places[0::2]]
    lefts = [min(width - side, int(p * (width - side + 1))) for p in places[1::2]]
    return torch.stack([image[:, t : t + side, l : l + side] for image, t, l in zip(images, tops, lefts)])


def edges(a, b):
    d = a - b
    return (d[:, :, 1:] - d[:, :, :-1]).abs().mean() + (d[..., 1:] - d[..., :-1]).abs().mean()


class AutoencoderLoss:
    """Absolute error and edges of the reconstruction from sampled latents, a pull of the latents, and what a critic says."""

    def __init__(self, vae, settings, critic=None):
        self.vae, self.settings, self.critic = vae, settings, critic

    def of(self, step, images):
        distribution = moments(self.vae, images)
        mean, log_variance = distribution.float().chunk(2, 1)
        log_variance = log_variance.clamp(-30, 20)
        latents = mean + (0.5 * log_variance).exp() * torch.randn(mean.shape, device=mean.device)
        decoded = decode(self.vae, latents).float()
        pixels = (decoded - images).abs().mean()
        divergence = 0.5 * (mean**2 + log_variance.exp() - log_variance - 1).mean()
        loss = pixels + self.settings["edgeWeight"] * edges(decoded, images) + self.settings["divergenceWeight"] * divergence
        return loss + self.critic.judge(step, images, decoded, pixels) if self.critic else loss


def moments(vae, images):
    hidden = vae.encoder(images)
    return vae.quant_conv(hidden) if vae.quant_conv is not None else hidden


def decode(vae, latents):
    return vae.decoder(vae.post_quant_conv(latents) if vae.post_quant_conv is not None else latents)


class Critic:
    """Learns to tell images from reconstructions; starts alone, then its word gains weight step by step."""

    rate = CRITIC_RATE

    def __init__(self, network, optimizer, settings):
        self.network, self.optimizer, self.settings, self.seen = network, optimizer, settings, None

    def judge(self, step, images, decoded, pixels):
        self.seen = images, decoded.detach()
        weight = min(1.0, max(0.0, (step - CRITIC_ALONE) / CRITIC_RAMP))
        if weight == 0:
            return 0.0
        self.network.requires_grad_(False)
        verdict, drawn = self.network(decoded)
        _, real = self.network(images)
        self.network.requires_grad_(True)
        difference = sum((a - b).abs().mean() / (b.abs().mean() + CRITIC_FLOOR) for a, b in zip(drawn, real)) / len(real)
        settings = self.settings
        return weight * (settings["featureWeight"] * difference * pixels.detach() - settings["criticWeight"] * verdict.float().mean())

    def loss(self):
        """Hinge loss of its own verdicts on what it judged last."""
        images, decoded = self.seen
        drawn, _ = self.network(decoded)
        real, _ = self.network(images)
        return F.relu(1 + drawn.float()).mean() + F.relu(1 - real.float()).mean()


def schedule(config):
    """Signal and noise of each time step, from the noise scheduler's configuration."""
    import diffusers

    owner = getattr(diffusers, config["_class_name"])
    alphas = owner.from_config({k: v for k, v in config.items() if not k.startswith("_")}).alphas_cumprod.double()
    return alphas, alphas.sqrt().float(), (1 - alphas).sqrt().float()


class NoiseObjective:
    """Noised latents at uniform time steps, the target of the prediction and each row's weight."""

    def __init__(self, config, weighting):
        alphas, self.signal, self.noise = schedule(config)
        snr = alphas / (1 - alphas)
        self.velocity = config["prediction_type"] == "v_prediction"
        plain = snr + 1 if self.velocity else snr
        of_image = {"DETAIL": snr.clamp(max=GAMMA), "LAYOUT": (snr + 1).clamp(max=GAMMA), "PLAIN": plain}[weighting]
        self.weight = (of_image / plain).float()

    def noised(self, latents):
        rows, device = len(latents), latents.device
        steps = len(self.signal)
        t = (torch.rand(rows) * steps).long().clamp(max=steps - 1)
        epsilon = torch.randn(latents.shape, device=device)
        a, b = (values[t].to(device)[:, None, None, None] for values in (self.signal, self.noise))
        target = epsilon * a - latents * b if self.velocity else epsilon
        return latents * a + epsilon * b, t.to(device), target, self.weight[t].to(device)


class DenoiserLoss:
    """How far the networks are from predicting a batch's noise, with each condition left out at random."""

    def __init__(self, networks, objective):
        self.unet, self.text, self.control = networks["unet"], networks["text_encoder"], networks.get("controlnet")
        self.objective = objective

    def of(self, latents, ids, masks):
        device, rows = latents.device, len(latents)
        noised, t, target, weight = self.objective.noised(latents)
        ids = ids()
        drop = DROP_TEXT_ONLY if self.control is None else DROP_TEXT
        words = self.text(ids).last_hidden_state * keep(drop, rows, 1, 1, device=device)
        residuals = {}
        if self.control is not None:
            masks = masks() * keep(DROP_STRUCTURE, rows, self.control.config.conditioning_channels, 1, 1, device=device)
            down, middle = self.control(noised, t, words, masks, return_dict=False)
            shown = keep(DROP_MASK, rows, 1, 1, 1, device=device)
            residuals = {
                "down_block_additional_residuals": [r * shown for r in down],
                "mid_block_additional_residual": middle * shown,
            }
        prediction = self.unet(noised, t, words, return_dict=False, **residuals)[0].float()
        return (((prediction - target) ** 2).flatten(1).mean(1) * weight).mean()
