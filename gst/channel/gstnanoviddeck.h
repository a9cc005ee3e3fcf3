/* nanovid: a deck: one clip as frames and samples on a clock of its own
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/audio/audio.h>
#include <gst/video/video.h>

#include "gst/gstnanovidbell.h"
#include "gstnanovidscene.h"

G_BEGIN_DECLS

/**
 * GstNanovidFormat:
 * @video_caps: fixed caps of raw video with a frame rate above 0
 * @audio_caps: fixed caps of raw interleaved audio
 * @video: the parsed @video_caps
 * @audio: the parsed @audio_caps
 *
 * The format that every clip is converted to.
 */
typedef struct
{
  GstCaps *video_caps;
  GstCaps *audio_caps;
  GstVideoInfo video;
  GstAudioInfo audio;
} GstNanovidFormat;

/**
 * gst_nanovid_format_new:
 *
 * Returns: (transfer full) (nullable): a format, or %NULL if the caps do not
 *   meet these requirements
 */
GstNanovidFormat *gst_nanovid_format_new (
    GstCaps *video_caps, GstCaps *audio_caps);
void gst_nanovid_format_free (GstNanovidFormat *format);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstNanovidFormat, gst_nanovid_format_free)

/**
 * gst_nanovid_format_create_picture_caps:
 *
 * Returns: (transfer full): caps of a single frame, without a frame rate
 */
GstCaps *gst_nanovid_format_create_picture_caps (
    const GstNanovidFormat *format);

/**
 * gst_nanovid_format_get_frame_time:
 * @frame: number of a frame
 *
 * Returns: when the frame begins, in nanoseconds since frame 0
 */
GstClockTime gst_nanovid_format_get_frame_time (
    const GstNanovidFormat *format, guint64 frame);

/**
 * gst_nanovid_format_get_frame:
 * @time: in nanoseconds since frame 0
 *
 * Returns: the number of the frame shown at @time
 */
guint64 gst_nanovid_format_get_frame (
    const GstNanovidFormat *format, GstClockTime time);

/**
 * gst_nanovid_format_get_sample:
 * @frame: number of a frame
 *
 * Returns: the number of the first sample of the frame
 */
guint64 gst_nanovid_format_get_sample (
    const GstNanovidFormat *format, guint64 frame);

/**
 * GstNanovidDeck:
 *
 * Time starts at the clip's first picture.  The number of frames is known
 * before any is decoded, so audio does not depend on the progress of video.
 * Video and audio may be pulled on two threads.
 */
typedef struct _GstNanovidDeck GstNanovidDeck;

/**
 * gst_nanovid_deck_new:
 * @scene: (transfer none): what to play
 * @format: (transfer none): the output format; must outlive the deck
 * @bell: (transfer none): interrupts all waits; must outlive the deck
 */
GstNanovidDeck *gst_nanovid_deck_new (GstNanovidScene *scene,
    const GstNanovidFormat *format, GstNanovidBell *bell);
void gst_nanovid_deck_free (GstNanovidDeck *deck);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstNanovidDeck, gst_nanovid_deck_free)

/**
 * gst_nanovid_deck_open:
 * @with_sound: whether the audio, if there is any, has to be decodable
 *
 * Waits until the length is known and the first frame is decoded.
 *
 * Errors: %NANOGPT_ERROR_BAD_RESPONSE; %G_IO_ERROR_CANCELLED if the bell was
 * interrupted.
 */
gboolean gst_nanovid_deck_open (
    GstNanovidDeck *deck, gboolean with_sound, GError **error);

/**
 * gst_nanovid_deck_get_n_frames:
 *
 * Returns: the number of frames of the open clip, at least 1
 */
guint64 gst_nanovid_deck_get_n_frames (GstNanovidDeck *deck);

/**
 * gst_nanovid_deck_pull_frame:
 * @frame: number of the frame; increases by one with each call
 *
 * Returns: (transfer full) (nullable): the frame, writable and without time
 *   stamps; %NULL if the bell was interrupted
 */
GstBuffer *gst_nanovid_deck_pull_frame (GstNanovidDeck *deck, guint64 frame);
void gst_nanovid_deck_close_picture (GstNanovidDeck *deck);

/**
 * gst_nanovid_deck_open_sound:
 *
 * Starts decoding the audio, unless it was started before.
 */
void gst_nanovid_deck_open_sound (GstNanovidDeck *deck);

/**
 * gst_nanovid_deck_pull_sound:
 * @at: (out): position of the first sample, counted from the start of the
 *   clip's video; may be negative
 *
 * Returns: (transfer full) (nullable): samples; %NULL at the end, without
 *   audio, or if the bell was interrupted
 */
GstBuffer *gst_nanovid_deck_pull_sound (GstNanovidDeck *deck, gint64 *at);
void gst_nanovid_deck_close_sound (GstNanovidDeck *deck);

/**
 * gst_nanovid_deck_read_last_frame:
 *
 * Decodes a whole clip to get its last frame.
 *
 * Errors: those of gst_nanovid_deck_open()
 *
 * Returns: (transfer full) (nullable): the last frame as it is shown
 */
GstSample *gst_nanovid_deck_read_last_frame (GstNanovidScene *scene,
    const GstNanovidFormat *format, GstNanovidBell *bell, GError **error);

G_END_DECLS
