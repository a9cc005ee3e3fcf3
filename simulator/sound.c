/* nanovid: simulator: makes the sound of a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sound.h"

#include <math.h>

#define BLOCK 480
#define BEEP_HZ 1000
#define BEEP_VOLUME 0.5
#define HUM_HZ 440
#define HUM_VOLUME 0.05

struct _SimSound
{
  const SimClipFormat *format;
  guint64 n_samples;
  guint64 position;
};

SimSound *
sim_sound_new (const SimScene *scene)
{
  SimSound *sound = g_new0 (SimSound, 1);
  double seconds =
      (double)scene->n_frames * scene->format.fps_d / scene->format.fps_n
      + scene->format.sound_excess;

  sound->format = &scene->format;
  sound->n_samples = MAX (llround (seconds * scene->format.sample_rate), BLOCK);
  return sound;
}

/* A beep at the beginning, then a quiet hum. */
static float
make_sample (SimSound *sound, guint64 number)
{
  double seconds = (double)number / sound->format->sample_rate;

  if (seconds < SIM_SYNC_MARK)
    return BEEP_VOLUME * sin (2 * G_PI * BEEP_HZ * seconds);
  return HUM_VOLUME * sin (2 * G_PI * HUM_HZ * seconds);
}

GBytes *
sim_sound_read (SimSound *sound, guint64 *first)
{
  guint64 n = MIN (BLOCK, sound->n_samples - sound->position);
  int channels = sound->format->channels;
  float *samples;

  if (n == 0)
    return NULL;
  samples = g_new (float, n *channels);
  for (guint64 i = 0; i < n; i++) {
    float sample = make_sample (sound, sound->position + i);
    for (int c = 0; c < channels; c++)
      samples[i * channels + c] = sample;
  }
  *first = sound->position;
  sound->position += n;
  return g_bytes_new_take (samples, n * channels * sizeof (float));
}

void
sim_sound_free (SimSound *sound)
{
  g_free (sound);
}
