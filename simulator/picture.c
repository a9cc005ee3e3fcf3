/* nanovid: simulator: draws the pictures of a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "picture.h"

#include "decoder.h"
#include "sound.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>
#include <math.h>
#include <pango/pangocairo.h>

#define DECODE_TIMEOUT (10 * GST_SECOND)

struct _SimPicture
{
  const SimScene *scene;
  cairo_surface_t *image;      /* the input image, or NULL */
  cairo_surface_t *last_image; /* or NULL */
  GPtrArray *references;       /* of cairo_surface_t */
  SimDecoder *video;           /* or NULL */
  cairo_surface_t *behind;     /* its latest frame */
  SimSound *sound;             /* drawn as a waveform, or NULL */
  double hue;
};

static cairo_surface_t *
surface_from_sample (GstSample *sample)
{
  GstVideoInfo info;
  GstVideoFrame frame;
  cairo_surface_t *surface;
  guint8 *pixels;
  int stride;

  if (!gst_video_info_from_caps (&info, gst_sample_get_caps (sample))
      || !gst_video_frame_map (
          &frame, &info, gst_sample_get_buffer (sample), GST_MAP_READ))
    return NULL;
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24,
      GST_VIDEO_INFO_WIDTH (&info), GST_VIDEO_INFO_HEIGHT (&info));
  pixels = cairo_image_surface_get_data (surface);
  stride = cairo_image_surface_get_stride (surface);
  for (int y = 0; pixels && y < GST_VIDEO_INFO_HEIGHT (&info); y++)
    memcpy (pixels + (gsize)y * stride,
        (guint8 *)GST_VIDEO_FRAME_PLANE_DATA (&frame, 0)
            + (gsize)y * GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0),
        (gsize)GST_VIDEO_INFO_WIDTH (&info) * 4);
  cairo_surface_mark_dirty (surface);
  gst_video_frame_unmap (&frame);
  return surface;
}

static cairo_surface_t *
decode_image (const SimInput *input, GError **error)
{
  const char *type = input->type;
  g_autofree char *description = g_strdup_printf (
      "appsrc name=src caps=image/%s format=bytes ! %sdec ! videoconvert ! "
      "video/x-raw,format=%s ! appsink name=sink sync=false",
      type, g_str_equal (type, "jpeg") ? "jpeg" : type,
      G_BYTE_ORDER == G_LITTLE_ENDIAN ? "BGRx" : "xRGB");
  g_autoptr (GstElement) pipeline = gst_parse_launch (description, error);
  g_autoptr (GstElement) src = NULL;
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstSample) sample = NULL;
  cairo_surface_t *surface = NULL;

  if (!pipeline)
    return NULL;
  src = gst_bin_get_by_name (GST_BIN (pipeline), "src");
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_app_src_push_buffer (
      GST_APP_SRC (src), gst_buffer_new_wrapped_bytes (input->data));
  gst_app_src_end_of_stream (GST_APP_SRC (src));
  sample = gst_app_sink_try_pull_sample (GST_APP_SINK (sink), DECODE_TIMEOUT);
  if (sample)
    surface = surface_from_sample (sample);
  gst_element_set_state (pipeline, GST_STATE_NULL);

  if (!surface)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        "The input image could not be decoded");
  return surface;
}

/* Reads the next frame of the source video, or keeps the last one at the
 * end. */
static void
read_video (SimPicture *picture)
{
  g_autoptr (GstSample) sample = sim_decoder_pull (picture->video);
  cairo_surface_t *surface = sample ? surface_from_sample (sample) : NULL;

  if (!surface)
    return;
  g_clear_pointer (&picture->behind, cairo_surface_destroy);
  picture->behind = surface;
}

static gboolean
open_video (SimPicture *picture, GError **error)
{
  const SimScene *scene = picture->scene;
  g_autofree char *caps = g_strdup_printf (
      "video/x-raw,format=%s,width=%d,"
      "height=%d,pixel-aspect-ratio=1/1,framerate=%d/%d",
      G_BYTE_ORDER == G_LITTLE_ENDIAN ? "BGRx" : "xRGB", scene->format.width,
      scene->format.height, scene->format.fps_n, scene->format.fps_d);

  picture->video = sim_decoder_new (scene->video->data, "video", caps, error);
  if (!picture->video)
    return FALSE;
  read_video (picture);
  if (!picture->behind)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        "The source video could not be decoded");
  return picture->behind != NULL;
}

static gboolean
open_inputs (SimPicture *picture, GError **error)
{
  const SimScene *scene = picture->scene;

  picture->references =
      g_ptr_array_new_with_free_func ((GDestroyNotify)cairo_surface_destroy);
  for (guint i = 0; i < scene->references->len; i++) {
    cairo_surface_t *surface =
        decode_image (scene->references->pdata[i], error);
    if (!surface)
      return FALSE;
    g_ptr_array_add (picture->references, surface);
  }
  if (scene->image && !(picture->image = decode_image (scene->image, error)))
    return FALSE;
  if (scene->last_image
      && !(picture->last_image = decode_image (scene->last_image, error)))
    return FALSE;
  if (scene->video && !open_video (picture, error))
    return FALSE;
  return !scene->audio || (picture->sound = sim_sound_new (scene, error));
}

SimPicture *
sim_picture_new (const SimScene *scene, GError **error)
{
  g_autoptr (SimPicture) picture = g_new0 (SimPicture, 1);

  picture->scene = scene;
  picture->hue = (g_str_hash (scene->prompt) % 360) / 360.0;
  if (!open_inputs (picture, error))
    return NULL;
  return g_steal_pointer (&picture);
}

static void
set_hue (cairo_t *cr, double hue, double value, double alpha)
{
  double rgb[3];

  for (int i = 0; i < 3; i++) {
    double k = fmod (hue * 6 + 5 - 2 * i, 6);
    rgb[i] = value * (1 - 0.6 * CLAMP (MIN (k, 4 - k), 0, 1));
  }
  cairo_set_source_rgba (cr, rgb[0], rgb[1], rgb[2], alpha);
}

/* Draws @image so that it covers the picture. */
static void
draw_image (SimPicture *picture, cairo_t *cr, cairo_surface_t *image,
    double zoom, double alpha)
{
  double width = cairo_image_surface_get_width (image);
  double height = cairo_image_surface_get_height (image);
  double scale = MAX (picture->scene->format.width / width,
                     picture->scene->format.height / height)
      * zoom;

  cairo_save (cr);
  cairo_translate (cr, picture->scene->format.width / 2.0,
      picture->scene->format.height / 2.0);
  cairo_scale (cr, scale, scale);
  cairo_set_source_surface (cr, image, -width / 2, -height / 2);
  cairo_paint_with_alpha (cr, alpha);
  cairo_restore (cr);
}

/* Zooms slowly into the first picture, and fades to the last one. */
static void
draw_images (SimPicture *picture, cairo_t *cr, guint frame)
{
  guint last = MAX (picture->scene->n_frames, 2) - 1;
  double progress = (double)frame / last;

  if (picture->image)
    draw_image (picture, cr, picture->image,
        picture->last_image ? 1 : 1 + 0.15 * progress, 1);
  if (picture->last_image)
    draw_image (picture, cr, picture->last_image, 1, progress);
}

/* Draws the reference pictures in a row, below the head line. */
static void
draw_references (SimPicture *picture, cairo_t *cr)
{
  const SimClipFormat *format = &picture->scene->format;
  double side = format->width / 12.0;

  for (guint i = 0; i < picture->references->len; i++) {
    cairo_surface_t *surface = picture->references->pdata[i];

    cairo_save (cr);
    cairo_translate (
        cr, side * (1 + 1.1 * i), MIN (format->width, format->height) / 5.0);
    cairo_scale (cr, side / cairo_image_surface_get_width (surface),
        side / cairo_image_surface_get_height (surface));
    cairo_set_source_surface (cr, surface, 0, 0);
    cairo_paint (cr);
    cairo_restore (cr);
  }
}

/* Draws the sound from left to right, over the length of the clip. */
static void
draw_waveform (SimPicture *picture, cairo_t *cr, double now)
{
  const SimClipFormat *format = &picture->scene->format;
  const int n_bars = 64;
  double width = (double)format->width / n_bars;
  double middle = format->height * 0.62;

  for (int i = 0; i < n_bars; i++) {
    double begin = format->seconds * i / n_bars;
    double end = format->seconds * (i + 1) / n_bars;
    double height =
        format->height * 0.1 * sim_sound_get_peak (picture->sound, begin, end);

    set_hue (cr, picture->hue, 1, begin <= now ? 1 : 0.4);
    cairo_rectangle (
        cr, i * width, middle - height, width * 0.8, 2 * height + 1);
    cairo_fill (cr);
  }
}

static void
draw_stripes (SimPicture *picture, cairo_t *cr, double seconds)
{
  const int n_stripes = 8;
  double width = (double)picture->scene->format.width / n_stripes;

  for (int i = -2; i < n_stripes; i++) {
    double x = (i + fmod (seconds / 2, 2)) * width;
    set_hue (cr, picture->hue, i % 2 == 0 ? 0.55 : 0.45, 1);
    cairo_rectangle (
        cr, floor (x), 0, ceil (width) + 1, picture->scene->format.height);
    cairo_fill (cr);
  }
}

static void
draw_ball (SimPicture *picture, cairo_t *cr, double seconds)
{
  double radius =
      MIN (picture->scene->format.width, picture->scene->format.height) / 9.0;
  double x = 0.5 + 0.38 * sin (seconds * 1.7);
  double y = 0.4 + 0.22 * cos (seconds * 2.3);

  cairo_arc (cr, x * picture->scene->format.width,
      y * picture->scene->format.height, radius, 0, 2 * G_PI);
  set_hue (cr, fmod (picture->hue + 0.5, 1), 0.8, 0.9);
  cairo_fill (cr);
}

/* Draws a white disk in the middle, where nothing else is white. */
static void
draw_flash (SimPicture *picture, cairo_t *cr)
{
  double width = picture->scene->format.width;
  double height = picture->scene->format.height;

  cairo_arc (cr, width / 2, height / 2, MIN (width, height) / 6, 0, 2 * G_PI);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_fill (cr);
}

/* Draws @text between the left and right margins, from @y downwards, on at most
 * @lines lines. */
static void
draw_text (SimPicture *picture, cairo_t *cr, const char *text, double size,
    double y, int lines)
{
  double margin = picture->scene->format.width * 0.03;
  g_autoptr (PangoLayout) layout = pango_cairo_create_layout (cr);
  PangoFontDescription *font = pango_font_description_from_string ("Sans");

  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_width (
      layout, (picture->scene->format.width - 2 * margin) * PANGO_SCALE);
  pango_layout_set_height (layout, -lines);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_text (layout, text, -1);
  cairo_move_to (cr, margin, y);
  cairo_set_source_rgb (cr, 1, 1, 1);
  pango_cairo_show_layout (cr, layout);
}

/* Draws the number, large, on the left. */
static void
draw_number (SimPicture *picture, cairo_t *cr)
{
  const SimClipFormat *format = &picture->scene->format;
  double size = MIN (format->width, format->height) / 3.0;
  g_autofree char *text = g_strdup_printf ("%u", picture->scene->number);

  draw_text (picture, cr, text, size, format->height * 0.25, 1);
}

static void
draw_captions (SimPicture *picture, cairo_t *cr, guint frame)
{
  const SimScene *scene = picture->scene;
  double size = MIN (scene->format.width, scene->format.height) / 18.0;
  double top = scene->format.height - size * 5.2;
  guint ms = sim_scene_get_time (scene, frame) / GST_MSECOND;
  g_autofree char *head = g_strdup_printf ("simulated: %s", scene->model);
  g_autofree char *count = g_strdup_printf ("%02u:%02u.%03u  frame %u of %u",
      ms / 60000, ms / 1000 % 60, ms % 1000, frame + 1, scene->n_frames);

  cairo_set_source_rgba (cr, 0, 0, 0, 0.6);
  cairo_rectangle (
      cr, 0, 0, scene->format.width, size * (scene->note ? 3.0 : 1.7));
  cairo_rectangle (cr, 0, top, scene->format.width, scene->format.height - top);
  cairo_fill (cr);
  draw_text (picture, cr, head, size, size * 0.2, 1);
  if (scene->note)
    draw_text (picture, cr, scene->note, size * 0.8, size * 1.6, 1);
  draw_text (picture, cr, scene->prompt, size, top + size * 0.3, 2);
  draw_text (picture, cr, count, size * 0.8, top + size * 3.4, 1);

  cairo_rectangle (cr, 0, scene->format.height - size * 0.4,
      scene->format.width * (frame + 1.0) / scene->n_frames, size * 0.4);
  set_hue (cr, picture->hue, 1, 1);
  cairo_fill (cr);
}

/* Returns: the pixels of @frame, 4 bytes each: native-endian xRGB. */
GBytes *
sim_picture_draw (SimPicture *picture, guint frame)
{
  const SimScene *scene = picture->scene;
  gsize size = (gsize)scene->format.width * scene->format.height * 4;
  guint8 *pixels = g_malloc0 (size);
  cairo_surface_t *surface =
      cairo_image_surface_create_for_data (pixels, CAIRO_FORMAT_RGB24,
          scene->format.width, scene->format.height, scene->format.width * 4);
  cairo_t *cr = cairo_create (surface);
  double seconds = (double)sim_scene_get_time (scene, frame) / GST_SECOND;

  if (frame > 0 && picture->video)
    read_video (picture);
  if (picture->behind)
    draw_image (picture, cr, picture->behind, 1, 1);
  else if (!picture->image)
    draw_stripes (picture, cr, seconds);
  draw_images (picture, cr, frame);
  draw_references (picture, cr);
  if (picture->sound)
    draw_waveform (picture, cr, seconds);
  draw_ball (picture, cr, seconds);
  if (scene->number > 0)
    draw_number (picture, cr);
  draw_captions (picture, cr, frame);
  if (seconds < SIM_SYNC_MARK)
    draw_flash (picture, cr);

  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return g_bytes_new_take (pixels, size);
}

void
sim_picture_free (SimPicture *picture)
{
  g_clear_pointer (&picture->image, cairo_surface_destroy);
  g_clear_pointer (&picture->last_image, cairo_surface_destroy);
  g_clear_pointer (&picture->behind, cairo_surface_destroy);
  g_clear_pointer (&picture->references, g_ptr_array_unref);
  g_clear_pointer (&picture->video, sim_decoder_free);
  g_clear_pointer (&picture->sound, sim_sound_free);
  g_free (picture);
}
