/* nanovid: simulator: makes the sound of a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sound.h"

#include "decoder.h"

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
  GArray *given; /* samples of the sound in the request, mono, or NULL */
};

/* Decodes the whole sound, which the service limits to about a minute. */
static GArray *
decode (const SimScene *scene, GError **error)
{
  g_autofree char *caps = g_strdup_printf (
      "audio/x-raw,format=%s,layout=interleaved,channels=1,rate=%d",
      G_BYTE_ORDER == G_LITTLE_ENDIAN ? "F32LE" : "F32BE",
      scene->format.sample_rate);
  g_autoptr (SimDecoder) decoder =
      sim_decoder_new (scene->audio->data, "audio", caps, error);
  g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (float));
  GstSample *sample;

  while (decoder && (sample = sim_decoder_pull (decoder))) {
    GstMapInfo map;

    gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ);
    g_array_append_vals (samples, map.data, map.size / sizeof (float));
    gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
    gst_sample_unref (sample);
  }
  if (samples->len > 0)
    return g_steal_pointer (&samples);
  if (decoder)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        "The input sound could not be decoded");
  return NULL;
}

SimSound *
sim_sound_new (const SimScene *scene, GError **error)
{
  SimSound *sound = g_new0 (SimSound, 1);
  double seconds =
      (double)scene->n_frames * scene->format.fps_d / scene->format.fps_n
      + scene->format.sound_excess;

  sound->format = &scene->format;
  sound->n_samples = MAX (llround (seconds * scene->format.sample_rate), BLOCK);
  if (scene->audio && !(sound->given = decode (scene, error)))
    g_clear_pointer (&sound, sim_sound_free);
  return sound;
}

/* Returns a beep at the beginning, then the sound of the request, or a quiet
 * hum. */
static float
make_sample (SimSound *sound, guint64 number)
{
  double seconds = (double)number / sound->format->sample_rate;

  if (seconds < SIM_SYNC_MARK)
    return BEEP_VOLUME * sin (2 * G_PI * BEEP_HZ * seconds);
  if (sound->given)
    return number < sound->given->len
        ? g_array_index (sound->given, float, number)
        : 0;
  return HUM_VOLUME * sin (2 * G_PI * HUM_HZ * seconds);
}

float
sim_sound_get_peak (SimSound *sound, double begin, double end)
{
  guint64 rate = sound->format->sample_rate;
  guint64 last = MIN ((guint64)(end * rate), sound->given->len);
  float peak = 0;

  for (guint64 i = begin * rate; i < last; i++)
    peak = MAX (peak, fabsf (g_array_index (sound->given, float, i)));
  return peak;
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
  g_clear_pointer (&sound->given, g_array_unref);
  g_free (sound);
}
