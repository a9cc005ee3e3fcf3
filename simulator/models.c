/* nanovid: simulator: the table of models
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "models.h"

#define CHOICE(name, values, initial)                                          \
  {                                                                            \
    name, SIM_FIELD_CHOICE, values, 0, 0, initial, FALSE                       \
  }
#define RANGE(name, type, min, max, initial)                                   \
  {                                                                            \
    name, SIM_FIELD_##type, NULL, min, max, initial, FALSE                     \
  }
#define AUTOMATIC(name, min, max, initial)                                     \
  {                                                                            \
    name, SIM_FIELD_DIGITS, NULL, min, max, initial, TRUE                      \
  }
#define BOOLEAN(name, initial)                                                 \
  {                                                                            \
    name, SIM_FIELD_BOOLEAN, NULL, 0, 0, initial, FALSE                        \
  }
#define NEGATIVE_PROMPT                                                        \
  {                                                                            \
    "negative_prompt", SIM_FIELD_TEXT, NULL, 0, 0, NULL, FALSE                 \
  }
#define SEED RANGE ("seed", INTEGER, -1, 4294967295.0, NULL)
#define ASPECTS "16:9|9:16|1:1|4:3|3:4"
#define ASPECT CHOICE ("aspect_ratio", ASPECTS, "16:9")
#define END                                                                    \
  {                                                                            \
    NULL, SIM_FIELD_TEXT, NULL, 0, 0, NULL, FALSE                              \
  }

static const SimField veo2_fields[] = {
  RANGE ("duration", SECONDS, 5, 30, "5s"),
  ASPECT,
  NEGATIVE_PROMPT,
  SEED,
  END,
};

static const SimField veo2_image_fields[] = {
  RANGE ("duration", SECONDS, 5, 8, "5s"),
  ASPECT,
  NEGATIVE_PROMPT,
  SEED,
  END,
};

static const SimField veo3_fields[] = {
  CHOICE ("duration", "8s", "8s"),
  CHOICE ("aspect_ratio", "16:9|9:16", "16:9"),
  CHOICE ("resolution", "720p|1080p", "720p"),
  BOOLEAN ("generateAudio", "true"),
  BOOLEAN ("enhancePrompt", "true"),
  NEGATIVE_PROMPT,
  SEED,
  END,
};

static const SimField veo31_fields[] = {
  CHOICE ("duration", "4s|6s|8s|4|6|8", "8s"),
  CHOICE ("aspect_ratio", "16:9|9:16", "16:9"),
  CHOICE ("resolution", "720p|1080p", "720p"),
  BOOLEAN ("generateAudio", "true"),
  NEGATIVE_PROMPT,
  SEED,
  END,
};

static const SimField kling_fields[] = {
  CHOICE ("duration", "5|10", "5"),
  CHOICE ("aspect_ratio", "16:9|9:16|1:1", "16:9"),
  NEGATIVE_PROMPT,
  RANGE ("cfg_scale", NUMBER, 0, 1, "0.5"),
  END,
};

static const SimField kling21_fields[] = {
  CHOICE ("duration", "5|10", "5"),
  CHOICE ("aspect_ratio", "16:9|9:16|1:1", "16:9"),
  NEGATIVE_PROMPT,
  RANGE ("cfg_scale", NUMBER, 0, 1, "0.5"),
  SEED,
  END,
};

static const SimField kling26_fields[] = {
  CHOICE ("duration", "5|10", "5"),
  CHOICE ("aspect_ratio", "16:9|9:16|1:1", "16:9"),
  NEGATIVE_PROMPT,
  RANGE ("cfg_scale", NUMBER, 0, 1, "0.5"),
  BOOLEAN ("sound", "true"),
  END,
};

static const SimField hunyuan_fields[] = {
  BOOLEAN ("pro_mode", "false"),
  ASPECT,
  CHOICE ("resolution", "480p|720p|1080p", "720p"),
  CHOICE ("num_frames", "65|97|129", "129"),
  RANGE ("num_inference_steps", INTEGER, 10, 50, "30"),
  BOOLEAN ("showExplicitContent", "false"),
  SEED,
  END,
};

static const SimField wan_image_fields[] = {
  RANGE ("num_frames", INTEGER, 81, 100, "81"),
  RANGE ("frames_per_second", INTEGER, 5, 24, "16"),
  CHOICE ("resolution", "480p|720p", "720p"),
  RANGE ("num_inference_steps", INTEGER, 1, 40, "30"),
  BOOLEAN ("enable_safety_checker", "true"),
  NEGATIVE_PROMPT,
  SEED,
  END,
};

static const SimField wan22_fields[] = {
  CHOICE ("duration", "5|8", "5"),
  CHOICE ("orientation", "landscape|portrait", "landscape"),
  CHOICE ("resolution", "480p|720p", "480p"),
  NEGATIVE_PROMPT,
  SEED,
  END,
};

static const SimField seedance_fields[] = {
  CHOICE ("resolution", "480p|720p|1080p", "1080p"),
  CHOICE ("duration", "5|10", "5"),
  ASPECT,
  BOOLEAN ("camera_fixed", "false"),
  SEED,
  END,
};

static const SimField seedance_lite_fields[] = {
  CHOICE ("resolution", "480p|720p", "480p"),
  CHOICE ("duration", "5|10", "5"),
  ASPECT,
  BOOLEAN ("camera_fixed", "false"),
  SEED,
  END,
};

static const SimField seedance_fast_fields[] = {
  CHOICE ("resolution", "480p|720p|1080p", "720p"),
  RANGE ("duration", DIGITS, 2, 12, "5"),
  ASPECT,
  BOOLEAN ("camera_fixed", "false"),
  SEED,
  END,
};

static const SimField seedance2_fields[] = {
  CHOICE ("resolution", "480p|720p|1080p", "720p"),
  RANGE ("duration", DIGITS, 4, 15, "5"),
  CHOICE ("aspect_ratio", ASPECTS "|21:9|9:21|auto", "16:9"),
  SEED,
  END,
};

static const SimField seedance25_fields[] = {
  CHOICE ("resolution", "480p|720p|1080p", "720p"),
  AUTOMATIC ("duration", 4, 30, "5"),
  CHOICE ("aspect_ratio", ASPECTS "|21:9|9:21|auto", "16:9"),
  BOOLEAN ("generate_audio", "true"),
  CHOICE ("mode", "auto|text-to-video|image-to-video|video-edit|video-extend",
      "auto"),
  SEED,
  END,
};

static const SimField h3_fields[] = {
  RANGE ("duration", DIGITS, 3, 15, "5"),
  CHOICE ("aspect_ratio", ASPECTS, "16:9"),
  CHOICE ("mode", "auto|reference-to-video|video-edit|video-extend", "auto"),
  END,
};

static const SimField sora_fields[] = {
  CHOICE ("seconds", "4|8|12", "8"),
  CHOICE ("orientation", "landscape|portrait", "landscape"),
  CHOICE ("resolution", "720p|1792x1024", "720p"),
  BOOLEAN ("pro_mode", "false"),
  END,
};

static const SimField minimax_fields[] = {
  CHOICE ("duration", "6|10", "6"),
  BOOLEAN ("prompt_optimizer", "true"),
  END,
};

static const SimField hailuo_fields[] = {
  CHOICE ("duration", "6|10", "6"),
  CHOICE ("resolution", "768p|1080p", "768p"),
  BOOLEAN ("prompt_optimizer", "true"),
  END,
};

static const SimField ltx_fields[] = {
  CHOICE ("duration", "6|8|10|12|14|16|18|20", "6"),
  CHOICE ("resolution", "1080p|2k|4k", "1080p"),
  BOOLEAN ("generateAudio", "true"),
  END,
};

static const SimField pixverse_fields[] = {
  CHOICE ("duration", "5|8", "5"),
  CHOICE ("resolution_ratio", ASPECTS, "16:9"),
  CHOICE ("resolution", "360p|540p|720p|1080p", "540p"),
  NEGATIVE_PROMPT,
  SEED,
  END,
};

static const SimField vidu_fields[] = {
  CHOICE ("duration", "4|8", "4"),
  CHOICE ("size", "640x360|1280x720|1920x1080", "640x360"),
  CHOICE ("style", "general|anime", "general"),
  CHOICE ("movementAmplitude", "auto|small|medium|large", "auto"),
  SEED,
  END,
};

static const SimField grok_fields[] = {
  CHOICE ("duration", "6|10", "6"),
  CHOICE ("aspect_ratio", ASPECTS, "16:9"),
  CHOICE ("resolution", "480p|720p", "480p"),
  END,
};

static const SimField upscaler_fields[] = {
  CHOICE ("target_resolution", "720p|1080p|2k|4k", "1080p"),
  RANGE ("videoDuration", NUMBER, 0, 120, "5"),
  END,
};

static const SimField avatar_fields[] = {
  RANGE ("audioDuration", NUMBER, 0, 120, "5"),
  END,
};

static const SimField midjourney_fields[] = {
  CHOICE ("duration", "5", "5"),
  CHOICE ("motion", "low|high", "low"),
  END,
};

static const SimModel models[] = {
  { .slug = "veo2-video",
      .name = "Veo 2",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = veo2_fields,
      .price_kind = SIM_PRICE_PER_SECOND,
      .prices = { { "per_second", 500000 } } },
  { .slug = "veo2-video-image-to-video",
      .name = "Veo 2 Image to Video",
      .image = SIM_MEDIA_REQUIRED,
      .fields = veo2_image_fields,
      .price_kind = SIM_PRICE_PER_SECOND,
      .prices = { { "per_second", 500000 } } },
  { .slug = "veo3-video",
      .name = "Veo 3",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = veo3_fields,
      .price_kind = SIM_PRICE_WITH_AUDIO,
      .prices = { { "with_audio", 4800000 }, { "without_audio", 3200000 } } },
  { .slug = "veo3-fast-video",
      .name = "Veo 3 Fast",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = veo3_fields,
      .price_kind = SIM_PRICE_WITH_AUDIO,
      .prices = { { "with_audio", 1200000 }, { "without_audio", 800000 } } },
  { .slug = "veo3-1-video",
      .name = "Veo 3.1",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = veo31_fields,
      .price_kind = SIM_PRICE_PER_SECOND,
      .prices = { { "per_second", 400000 } } },
  { .slug = "veo3-1-fast-video",
      .name = "Veo 3.1 Fast",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = veo31_fields,
      .price_kind = SIM_PRICE_PER_SECOND,
      .prices = { { "per_second", 150000 } } },
  { .slug = "kling-video",
      .name = "Kling",
      .image = SIM_MEDIA_NO,
      .fields = kling_fields,
      .price_kind = SIM_PRICE_PER_DURATION,
      .prices = { { "5", 250000 }, { "10", 500000 } } },
  { .slug = "kling-video-v2",
      .name = "Kling 2.0",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = kling_fields,
      .price_kind = SIM_PRICE_PER_DURATION,
      .prices = { { "5", 1400000 }, { "10", 2800000 } } },
  { .slug = "kling-v21-standard",
      .name = "Kling 2.1 Standard",
      .image = SIM_MEDIA_REQUIRED,
      .fields = kling21_fields,
      .price_kind = SIM_PRICE_PER_DURATION,
      .prices = { { "5", 250000 }, { "10", 500000 } } },
  { .slug = "kling-v21-pro",
      .name = "Kling 2.1 Pro",
      .image = SIM_MEDIA_REQUIRED,
      .fields = kling21_fields,
      .price_kind = SIM_PRICE_PER_DURATION,
      .prices = { { "5", 450000 }, { "10", 900000 } } },
  { .slug = "kling-v21-master",
      .name = "Kling 2.1 Master",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = kling21_fields,
      .price_kind = SIM_PRICE_BASE,
      .prices = { { "base_price", 1400000 }, { "per_extra_second", 280000 } },
      .needs_prompt = TRUE },
  { .slug = "kling-v25-turbo-std",
      .name = "Kling 2.5 Turbo Standard",
      .image = SIM_MEDIA_REQUIRED,
      .fields = kling_fields,
      .price_kind = SIM_PRICE_PER_DURATION,
      .prices = { { "5", 210000 }, { "10", 420000 } } },
  { .slug = "kling-v25-turbo-pro",
      .name = "Kling 2.5 Turbo Pro",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = kling_fields,
      .price_kind = SIM_PRICE_PER_DURATION,
      .prices = { { "5", 350000 }, { "10", 700000 } } },
  { .slug = "kling-v26-pro",
      .name = "Kling 2.6 Pro",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = kling26_fields,
      .price_kind = SIM_PRICE_WITH_AUDIO,
      .prices = { { "with_audio", 700000 }, { "without_audio", 350000 } } },
  { .slug = "kling-v2-avatar-standard",
      .name = "Kling Avatar Standard",
      .image = SIM_MEDIA_REQUIRED,
      .fields = avatar_fields,
      .price_kind = SIM_PRICE_PER_SECOND,
      .prices = { { "per_second", 56000 } },
      .audio = SIM_MEDIA_REQUIRED },
  { .slug = "hunyuan-video",
      .name = "Hunyuan Video",
      .image = SIM_MEDIA_NO,
      .fields = hunyuan_fields,
      .price_kind = SIM_PRICE_PER_RESOLUTION,
      .prices = { { "480p", 300000 }, { "720p", 400000 },
          { "1080p", 600000 } } },
  { .slug = "hunyuan-video-image-to-video",
      .name = "Hunyuan Image to Video",
      .image = SIM_MEDIA_REQUIRED,
      .fields = hunyuan_fields,
      .price_kind = SIM_PRICE_PER_RESOLUTION,
      .prices = { { "480p", 300000 }, { "720p", 400000 },
          { "1080p", 600000 } } },
  { .slug = "wan-video-image-to-video",
      .name = "Wan 2.1 Image to Video",
      .image = SIM_MEDIA_REQUIRED,
      .fields = wan_image_fields,
      .price_kind = SIM_PRICE_PER_RESOLUTION,
      .prices = { { "480p", 200000 }, { "720p", 400000 } } },
  { .slug = "wan-video-22",
      .name = "Wan 2.2",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = wan22_fields,
      .price_kind = SIM_PRICE_PER_SECOND_BY_RESOLUTION,
      .prices = { { "480p", 30000 }, { "720p", 60000 } } },
  { .slug = "seedance-video",
      .name = "Seedance Pro",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = seedance_fields,
      .price_kind = SIM_PRICE_PER_SECOND_BY_RESOLUTION,
      .prices = { { "480p", 26000 }, { "720p", 52000 }, { "1080p", 124000 } } },
  { .slug = "seedance-lite-video",
      .name = "Seedance Lite",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = seedance_lite_fields,
      .price_kind = SIM_PRICE_PER_SECOND_BY_RESOLUTION,
      .prices = { { "480p", 18000 }, { "720p", 36000 } } },
  { .slug = "bytedance-seedance-v1-pro-fast",
      .name = "Seedance 1.0 Pro Fast",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = seedance_fast_fields,
      .price_kind = SIM_PRICE_PER_SECOND_BY_RESOLUTION,
      .prices = { { "480p", 15000 }, { "720p", 25000 }, { "1080p", 50000 } } },
  { .slug = "bytedance/seedance-2.5",
      .name = "Seedance 2.5",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = seedance25_fields,
      .price_kind = SIM_PRICE_PER_SECOND_BY_RESOLUTION,
      .prices = { { "480p", 70000 }, { "720p", 150000 }, { "1080p", 300000 } },
      .edit_prices = { { "480p", 40000 }, { "720p", 90000 },
          { "1080p", 180000 } },
      .last_image = "last_image",
      .video = SIM_MEDIA_OPTIONAL },
  { .slug = "sora-2",
      .name = "Sora 2",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = sora_fields,
      .price_kind = SIM_PRICE_PER_SECOND_BY_RESOLUTION,
      .prices = { { "720p", 100000 }, { "1792x1024", 500000 } } },
  { .slug = "minimax-video",
      .name = "MiniMax Video",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = minimax_fields,
      .price_kind = SIM_PRICE_PER_DURATION,
      .prices = { { "6", 430000 }, { "10", 710000 } } },
  { .slug = "minimax-hailuo-02",
      .name = "MiniMax Hailuo 02",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = hailuo_fields,
      .price_kind = SIM_PRICE_PER_SECOND_BY_RESOLUTION,
      .prices = { { "768p", 45000 }, { "1080p", 80000 } },
      .max_prompt = 2000 },
  { .slug = "lightricks-ltx-2-fast",
      .name = "LTX 2 Fast",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = ltx_fields,
      .price_kind = SIM_PRICE_PER_SECOND_BY_RESOLUTION,
      .prices = { { "1080p", 40000 }, { "2k", 80000 }, { "4k", 160000 } },
      .max_prompt = 3000 },
  { .slug = "pixverse-v55",
      .name = "PixVerse 5.5",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = pixverse_fields,
      .price_kind = SIM_PRICE_PER_SECOND_BY_RESOLUTION,
      .prices = { { "360p", 30000 }, { "540p", 40000 }, { "720p", 50000 },
          { "1080p", 80000 } } },
  { .slug = "vidu-video",
      .name = "Vidu",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = vidu_fields,
      .price_kind = SIM_PRICE_PER_DURATION,
      .prices = { { "4", 200000 }, { "8", 400000 } } },
  { .slug = "grok-imagine-video",
      .name = "Grok Imagine Video",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = grok_fields,
      .price_kind = SIM_PRICE_PER_SECOND,
      .prices = { { "per_second", 50000 } },
      .relative_url = TRUE },
  { .slug = "bytedance-seedance-2-0",
      .name = "Seedance 2.0",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = seedance2_fields,
      .price_kind = SIM_PRICE_PER_SECOND_BY_RESOLUTION,
      .prices = { { "480p", 35000 }, { "720p", 71000 }, { "1080p", 150000 } },
      .last_image = "last_image",
      .references = "reference_images",
      .lists_media = TRUE,
      .max_references = 9 },
  { .slug = "minimax-h3",
      .name = "MiniMax H3",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = h3_fields,
      .price_kind = SIM_PRICE_OUTPUT,
      .prices = { { "output_per_second", 130000 },
          { "reference_video_input_per_second", 130000 },
          { "extra_reference_image", 40000 },
          { "included_reference_images", 5000000 } },
      .last_image = "last_image",
      .references = "reference_images",
      .lists_media = TRUE,
      .max_references = 9,
      .video = SIM_MEDIA_OPTIONAL },
  { .slug = "luma/agent/ray/v3.2",
      .name = "Luma Ray 3.2",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = kling_fields,
      .price_kind = SIM_PRICE_PER_DURATION,
      .prices = { { "5", 500000 }, { "10", 1000000 } },
      .last_image = "end_image",
      .lists_media = TRUE,
      .references = "reference_image_urls",
      .max_references = 4 },
  { .slug = "kling-v30-pro",
      .name = "Kling 3.0 Pro",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = kling26_fields,
      .price_kind = SIM_PRICE_WITH_AUDIO,
      .prices = { { "with_audio", 900000 }, { "without_audio", 450000 } },
      .last_image = "image_tail",
      .lists_media = TRUE },
  { .slug = "kling-video-o1",
      .name = "Kling O1",
      .image = SIM_MEDIA_OPTIONAL,
      .fields = kling_fields,
      .price_kind = SIM_PRICE_PER_DURATION,
      .prices = { { "5", 560000 }, { "10", 1120000 } },
      .references = "referenceImages",
      .max_references = 7 },
  { .slug = "wan-wavespeed-25-extend",
      .name = "Wan 2.5 Extend",
      .image = SIM_MEDIA_NO,
      .fields = kling_fields,
      .price_kind = SIM_PRICE_PER_DURATION,
      .prices = { { "5", 250000 }, { "10", 500000 } },
      .video = SIM_MEDIA_REQUIRED,
      .video_name = "video" },
  { .slug = "latentsync",
      .name = "LatentSync",
      .image = SIM_MEDIA_NO,
      .fields = avatar_fields,
      .price_kind = SIM_PRICE_PER_SECOND,
      .prices = { { "per_second", 20000 } },
      .video = SIM_MEDIA_REQUIRED,
      .audio = SIM_MEDIA_REQUIRED },
  { .slug = "midjourney-video",
      .name = "Midjourney Video",
      .image = SIM_MEDIA_REQUIRED,
      .fields = midjourney_fields,
      .price_kind = SIM_PRICE_PER_DURATION,
      .prices = { { "5", 600000 } },
      .n_results = 4 },
  { .slug = "video-upscaler",
      .name = "Video Upscaler",
      .image = SIM_MEDIA_NO,
      .fields = upscaler_fields,
      .price_kind = SIM_PRICE_PER_SECOND,
      .prices = { { "per_second", 20000 } },
      .video = SIM_MEDIA_REQUIRED },
};

const SimModel *
sim_models (guint *n_models)
{
  *n_models = G_N_ELEMENTS (models);
  return models;
}

const SimModel *
sim_model_lookup (const char *slug)
{
  for (guint i = 0; i < G_N_ELEMENTS (models); i++) {
    if (g_str_equal (models[i].slug, slug))
      return &models[i];
  }
  return NULL;
}
