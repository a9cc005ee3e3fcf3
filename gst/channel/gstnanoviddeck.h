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
 * @video: what @video_caps say
 * @audio: what @audio_caps say
 *
 * What every clip is made to be.
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
 * Returns: (transfer full) (nullable): a format, or %NULL when the caps are not
 *   of that kind
 */
GstNanovidFormat *gst_nanovid_format_new (
    GstCaps *video_caps, GstCaps *audio_caps);
void gst_nanovid_format_free (GstNanovidFormat *format);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstNanovidFormat, gst_nanovid_format_free)

/**
 * gst_nanovid_format_create_picture_caps:
 *
 * Returns: (transfer full): caps of single frames, whenever they are shown
 */
GstCaps *gst_nanovid_format_create_picture_caps (
    const GstNanovidFormat *format);

/**
 * gst_nanovid_format_get_frame_time:
 * @frame: number of a frame
 *
 * Returns: when it begins, in nanoseconds since frame 0
 */
GstClockTime gst_nanovid_format_get_frame_time (
    const GstNanovidFormat *format, guint64 frame);

/**
 * gst_nanovid_format_get_frame:
 * @time: in nanoseconds since frame 0
 *
 * Returns: the number of the frame that is shown then
 */
guint64 gst_nanovid_format_get_frame (
    const GstNanovidFormat *format, GstClockTime time);

/**
 * gst_nanovid_format_get_sample:
 * @frame: number of a frame
 *
 * Returns: the number of the sample with which the frame begins
 */
guint64 gst_nanovid_format_get_sample (
    const GstNanovidFormat *format, guint64 frame);

/**
 * GstNanovidDeck:
 *
 * Time begins with the clip's first picture.  How many frames it has is known
 * before any is decoded, so its sound needs to know nothing of how far the
 * picture is.  Picture and sound may be pulled on two threads.
 */
typedef struct _GstNanovidDeck GstNanovidDeck;

/**
 * gst_nanovid_deck_new:
 * @scene: (transfer none): what to play
 * @format: (transfer none): what to make of it; must outlive the deck
 * @bell: (transfer none): interrupts all waits; must outlive the deck
 */
GstNanovidDeck *gst_nanovid_deck_new (GstNanovidScene *scene,
    const GstNanovidFormat *format, GstNanovidBell *bell);
void gst_nanovid_deck_free (GstNanovidDeck *deck);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstNanovidDeck, gst_nanovid_deck_free)

/**
 * gst_nanovid_deck_open:
 * @with_sound: whether the sound has to be decodable, if there is any
 *
 * Waits until the length is known and the first frame is decoded.
 *
 * Errors: %NANOGPT_ERROR_BAD_RESPONSE; %G_IO_ERROR_CANCELLED when the bell
 * interrupted.
 */
gboolean gst_nanovid_deck_open (
    GstNanovidDeck *deck, gboolean with_sound, GError **error);

/**
 * gst_nanovid_deck_get_n_frames:
 *
 * Returns: how many frames the open clip has, at least 1
 */
guint64 gst_nanovid_deck_get_n_frames (GstNanovidDeck *deck);

/**
 * gst_nanovid_deck_pull_frame:
 * @frame: number of the frame; one more with each call
 *
 * Returns: (transfer full) (nullable): what is shown then, writable, its time not
 *   set; %NULL when the bell interrupted
 */
GstBuffer *gst_nanovid_deck_pull_frame (GstNanovidDeck *deck, guint64 frame);
void gst_nanovid_deck_close_picture (GstNanovidDeck *deck);

/**
 * gst_nanovid_deck_open_sound:
 *
 * Begins to decode the sound, if that has not begun.
 */
void gst_nanovid_deck_open_sound (GstNanovidDeck *deck);

/**
 * gst_nanovid_deck_pull_sound:
 * @at: (out): where it belongs: the number of its first sample, counted from the
 *   begin of the clip's picture; may be negative
 *
 * Returns: (transfer full) (nullable): samples; %NULL at the end, when there is no
 *   sound, and when the bell interrupted
 */
GstBuffer *gst_nanovid_deck_pull_sound (GstNanovidDeck *deck, gint64 *at);
void gst_nanovid_deck_close_sound (GstNanovidDeck *deck);

/**
 * gst_nanovid_deck_read_last_frame:
 *
 * Decodes a whole clip, to see how it ends.
 *
 * Errors: those of gst_nanovid_deck_open()
 *
 * Returns: (transfer full) (nullable): its last frame, as it is shown
 */
GstSample *gst_nanovid_deck_read_last_frame (GstNanovidScene *scene,
    const GstNanovidFormat *format, GstNanovidBell *bell, GError **error);

G_END_DECLS
