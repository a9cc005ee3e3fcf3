/* nanovid: encodes a raw sound as WAV or MP3, to fit the upload limit
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidsound.h"

#include <glib/gi18n-lib.h>
#include <gst/audio/audio.h>
#include <string.h>

#include "gstnanovidimage.h"
#include "gstnanovidchain.h"
#include "nanogpt/base/error.h"

/* Dither noise differs from run to run, but the same audio has to give the same
 * file: otherwise, an unfinished job for it is not found again. */
#define CONVERT "audioconvert dithering=none noise-shaping=none"

#define MAX_CHANNELS 2
#define SAMPLE_SIZE 2
#define WAV_HEADER_SIZE 44
#define MP3_MARGIN 8192 /* bytes: the last frames and encoder overhead */

/* In kbit/s, best first.  Speech is intelligible even with the last one. */
static const struct
{
  guint bit_rate;
  guint channels;
} mp3_formats[] = {
  { 192, MAX_CHANNELS },
  { 128, MAX_CHANNELS },
  { 96, MAX_CHANNELS },
  { 64, 1 },
  { 32, 1 },
};

/* Raw audio that is being encoded to a file. */
typedef struct
{
  GstElement *element;
  GCancellable *cancellable;
  GstSample *input;
  char *convert; /* description of the converter element */
  guint rate;
  guint channels; /* of the file */
  guint64 frames;
  double seconds;
} Job;

static void
job_clear (Job *job)
{
  g_free (job->convert);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

gboolean
gst_nanovid_sound_is_raw (GstSample *input)
{
  GstCaps *caps = gst_sample_get_caps (input);

  return caps
      && gst_structure_has_name (
          gst_caps_get_structure (caps, 0), "audio/x-raw");
}

static void
post_result (Job *job, const char *format, gsize size)
{
  g_autofree char *text =
      g_strdup_printf (_ ("The input sound of %.2f s is sent as %s, %.2f MB"),
          job->seconds, format, size / 1e6);

  /* gst-launch-1.0 shows only the debug text. */
  GST_ELEMENT_INFO (job->element, STREAM, ENCODE, ("%s", text), ("%s", text));
}

/* Channels without positions can only be mixed evenly. */
static char *
describe_even_mix (guint channels)
{
  g_autoptr (GString) text = g_string_new (CONVERT " mix-matrix=<<");

  for (guint i = 0; i < channels; i++) {
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_dtostr (number, sizeof number, 1.0 / channels);
    g_string_append_printf (text, "%s(float)%s", i > 0 ? "," : "", number);
  }
  g_string_append (text, ">>");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
choose_channels (Job *job, const GstAudioInfo *info)
{
  guint channels = GST_AUDIO_INFO_CHANNELS (info);
  gboolean is_mixed =
      channels > MAX_CHANNELS && GST_AUDIO_INFO_IS_UNPOSITIONED (info);

  job->channels = is_mixed ? 1 : MIN (channels, MAX_CHANNELS);
  job->convert = is_mixed ? describe_even_mix (channels) : g_strdup (CONVERT);
}

/* WAV */

static gsize
get_wav_size (const Job *job)
{
  return WAV_HEADER_SIZE + job->frames * job->channels * SAMPLE_SIZE;
}

/* wavenc writes the sizes last, which needs a seekable sink, so write the
 * header here. */
static void
write_wav_header (guint8 *header, const Job *job, gsize data_size)
{
  memcpy (header, "RIFF----WAVEfmt ----", 20);
  GST_WRITE_UINT32_LE (header + 4, WAV_HEADER_SIZE - 8 + data_size);
  GST_WRITE_UINT32_LE (header + 16, 16);
  GST_WRITE_UINT16_LE (header + 20, 1); /* PCM */
  GST_WRITE_UINT16_LE (header + 22, job->channels);
  GST_WRITE_UINT32_LE (header + 24, job->rate);
  GST_WRITE_UINT32_LE (header + 28, job->rate * job->channels * SAMPLE_SIZE);
  GST_WRITE_UINT16_LE (header + 32, job->channels * SAMPLE_SIZE);
  GST_WRITE_UINT16_LE (header + 34, 8 * SAMPLE_SIZE);
  memcpy (header + 36, "data", 4);
  GST_WRITE_UINT32_LE (header + 40, data_size);
}

static GBytes *
encode_wav (Job *job, GError **error)
{
  g_autofree char *stages = g_strdup_printf (
      "%s ! audio/x-raw,format=S16LE,layout=interleaved,channels=%u",
      job->convert, job->channels);
  g_auto (GstNanovidChain) chain = { .is_sound = TRUE };
  g_autoptr (GBytes) samples = NULL;
  guint8 header[WAV_HEADER_SIZE];
  GByteArray *file;
  gsize size;

  if (!gst_nanovid_chain_init (&chain, job->element, stages, error))
    return NULL;
  samples =
      gst_nanovid_chain_encode (&chain, job->input, job->cancellable, error);
  if (!samples)
    return NULL;

  size = g_bytes_get_size (samples);
  write_wav_header (header, job, size);
  file = g_byte_array_sized_new (sizeof header + size);
  g_byte_array_append (file, header, sizeof header);
  g_byte_array_append (file, g_bytes_get_data (samples, NULL), size);
  post_result (job, "WAV", file->len);
  return g_byte_array_free_to_bytes (file);
}

/* MP3 */

static GBytes *
encode_mp3 (Job *job, guint bit_rate, guint channels, GError **error)
{
  g_autofree char *stages =
      g_strdup_printf ("%s ! audioresample ! audio/x-raw,channels=%u ! "
                       "lamemp3enc target=bitrate cbr=true bitrate=%u",
          job->convert, MIN (channels, job->channels), bit_rate);
  g_autofree char *format = g_strdup_printf ("MP3, %u kbit/s", bit_rate);
  g_auto (GstNanovidChain) chain = { .is_sound = TRUE };
  g_autoptr (GBytes) file = NULL;

  if (!gst_nanovid_chain_init (&chain, job->element, stages, error))
    return NULL;
  file = gst_nanovid_chain_encode (&chain, job->input, job->cancellable, error);
  if (file)
    post_result (job, format, g_bytes_get_size (file));
  return g_steal_pointer (&file);
}

static GBytes *
encode_mp3_to_fit (Job *job, gsize max_size, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (mp3_formats); i++) {
    guint bit_rate = mp3_formats[i].bit_rate;

    if (job->seconds * bit_rate * 1000 / 8 + MP3_MARGIN <= max_size)
      return encode_mp3 (job, bit_rate, mp3_formats[i].channels, error);
  }

  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_UPLOAD_TOO_LARGE,
      _ ("The input sound of %.0f s does not fit into the request, which has "
         "%.2f MB left for it: use a shorter one, or put it on a server and "
         "set audio-url"),
      job->seconds, max_size / 1e6);
  return NULL;
}

GBytes *
gst_nanovid_sound_fit (GstElement *element, GstSample *input, gsize max_size,
    double *seconds, GCancellable *cancellable, GError **error)
{
  g_auto (Job)
      job = { .element = element, .cancellable = cancellable, .input = input };
  GstAudioInfo info;

  /* The end of a longer one is missing. */
  if (gst_buffer_get_size (gst_sample_get_buffer (input))
      > GST_NANOVID_IMAGE_MAX_INPUT) {
    g_set_error_literal (error, NANOGPT_ERROR, NANOGPT_ERROR_UPLOAD_TOO_LARGE,
        _ ("The input sound is larger than 256 MiB: use a shorter one, or put it "
           "on a server and set audio-url"));
    return NULL;
  }
  if (gst_audio_info_from_caps (&info, gst_sample_get_caps (input))) {
    job.rate = GST_AUDIO_INFO_RATE (&info);
    choose_channels (&job, &info);
    job.frames = gst_buffer_get_size (gst_sample_get_buffer (input))
        / GST_AUDIO_INFO_BPF (&info);
  }
  if (job.frames == 0) {
    g_set_error_literal (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("The input sound is empty"));
    return NULL;
  }

  *seconds = job.seconds = (double)job.frames / job.rate;
  return get_wav_size (&job) <= max_size
      ? encode_wav (&job, error)
      : encode_mp3_to_fit (&job, max_size, error);
}
