/* nanovid: simulator: jobs, and how they proceed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "jobs.h"

#include "charge.h"

#include <math.h>
#include <stdio.h>

#define DEFAULT_RATE 16

/* Takes ownership of @request. The caller has to request its clip. */
SimJob *
sim_job_new (SimRequest *request, SimAccount *account,
    const char *const *states, double seconds)
{
  SimJob *job = g_new0 (SimJob, 1);
  g_autofree char *uuid = g_uuid_string_random ();
  g_auto (GStrv) parts = g_strsplit (uuid, "-", -1);
  g_autofree char *digits = g_strjoinv ("", parts);

  job->run_id = g_strdup_printf ("vid_%.24s", digits);
  job->request = request;
  job->account = account;
  job->clips = g_ptr_array_new ();
  job->created = g_get_real_time ();
  job->started = g_get_monotonic_time ();
  job->duration = seconds * G_TIME_SPAN_SECOND;
  job->states = g_strdupv ((char **)states);
  return job;
}

void
sim_job_free (SimJob *job)
{
  g_free (job->run_id);
  g_ptr_array_unref (job->clips);
  sim_request_free (job->request);
  g_strfreev (job->states);
  g_free (job->error);
  g_free (job);
}

static int
parse_resolution (const char *resolution)
{
  if (!resolution)
    return 480;
  if (g_str_equal (resolution, "2k"))
    return 1440;
  if (g_str_equal (resolution, "4k"))
    return 2160;
  return CLAMP (atoi (resolution), 120, 2160);
}

static void
parse_aspect (const char *aspect, int *x, int *y)
{
  if (!aspect || sscanf (aspect, "%d:%d", x, y) != 2) {
    *x = 16;
    *y = 9;
  }
}

/* The requested size, or a size computed from resolution (the short side) and
 * aspect ratio, by whichever names the model has. Encoders need even
 * numbers. */
static void
choose_size (SimRequest *request, int *width, int *height)
{
  const char *resolution = sim_request_get (request, "resolution");
  const char *size = sim_request_get (request, "size");
  const char *orientation = sim_request_get (request, "orientation");
  const char *aspect = sim_request_get (request, "aspect_ratio");
  int side, x, y;

  if (!resolution)
    resolution = sim_request_get (request, "target_resolution");
  if (!aspect)
    aspect = sim_request_get (request, "resolution_ratio");
  if (!size && resolution && strchr (resolution, 'x'))
    size = resolution;
  if (!size || sscanf (size, "%dx%d", width, height) != 2) {
    side = parse_resolution (resolution);
    parse_aspect (aspect, &x, &y);
    *width = x > y ? lround ((double)side * x / y) : side;
    *height = y > x ? lround ((double)side * y / x) : side;
  }
  if (g_strcmp0 (orientation, "portrait") == 0) {
    int landscape = *width;
    *width = *height;
    *height = landscape;
  }
  *width += *width % 2;
  *height += *height % 2;
}

/* Sets the fields that @format leaves to the request. */
static void
complete_format (SimRequest *request, SimClipFormat *format)
{
  const char *rate = sim_request_get (request, "frames_per_second");
  const char *frames = sim_request_get (request, "num_frames");

  if (request->clip_format)
    sim_clip_format_parse (format, request->clip_format, NULL);
  if (format->width == 0)
    choose_size (request, &format->width, &format->height);
  if (format->fps_n == 0) {
    format->fps_n = rate ? atoi (rate) : frames ? 24 : DEFAULT_RATE;
    format->fps_d = 1;
  }
  if (format->seconds == 0)
    format->seconds = frames
        ? g_ascii_strtod (frames, NULL) * format->fps_d / format->fps_n
        : sim_request_get_seconds (request);
  if (!sim_request_has_sound (request))
    format->channels = 0;
}

static void
note_input (GString *text, const char *name, const SimInput *input)
{
  if (!input)
    return;
  g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", name);
  if (input->url)
    g_string_append_printf (text, " (not fetched): %s", input->url);
}

static char *
describe_inputs (SimRequest *request)
{
  GString *text = g_string_new (NULL);

  note_input (text, "input image", request->image);
  note_input (text, "last image", request->last_image);
  note_input (text, "video", request->video);
  note_input (text, "sound", request->audio);
  if (request->references->len > 0)
    g_string_append_printf (text, "%s%u references", text->len > 0 ? ", " : "",
        request->references->len);
  return g_string_free (text, text->len == 0);
}

/* Returns: (transfer full): the scene that the job's clip shows.
 * @number: number among several clips, from 1, or 0 */
SimScene *
sim_job_describe (SimJob *job, const SimClipFormat *format, guint number)
{
  SimRequest *request = job->request;
  SimScene *scene = g_new0 (SimScene, 1);

  scene->model = g_strdup (request->model->slug);
  scene->prompt = g_strdup (request->prompt ? request->prompt : "");
  scene->number = number;
  scene->format = *format;
  complete_format (request, &scene->format);
  scene->n_frames = MAX (lround (scene->format.seconds * scene->format.fps_n
                             / scene->format.fps_d),
      1);
  scene->image = sim_input_copy (request->image);
  scene->last_image = sim_input_copy (request->last_image);
  scene->video = sim_input_copy (request->video);
  scene->audio = sim_input_copy (request->audio);
  scene->references =
      g_ptr_array_new_with_free_func ((GDestroyNotify)sim_input_free);
  for (guint i = 0; i < request->references->len; i++) {
    SimInput *reference = sim_input_copy (request->references->pdata[i]);
    if (reference)
      g_ptr_array_add (scene->references, reference);
  }
  scene->note = describe_inputs (request);
  return scene;
}

/* Whether all clips are rendered, or one of them has failed. */
static gboolean
is_rendered (SimJob *job)
{
  for (guint i = 0; i < job->clips->len; i++) {
    if (!sim_clip_is_done (job->clips->pdata[i]))
      return FALSE;
  }
  return TRUE;
}

static const char *
get_rendering_error (SimJob *job)
{
  const char *error = NULL;

  for (guint i = 0; i < job->clips->len && !error; i++)
    error = sim_clip_get_error (job->clips->pdata[i]);
  return error;
}

/* All states before the last divide the time equally. A job whose clip is not
 * rendered yet stays in the last but one. */
const char *
sim_job_get_state (SimJob *job)
{
  gint64 elapsed = g_get_monotonic_time () - job->started;
  guint last = g_strv_length (job->states) - 1;

  if (last > 0 && elapsed < job->duration)
    return job->states[MIN ((gint64)last * elapsed / job->duration, last - 1)];
  if (!is_rendered (job))
    return last > 0 ? job->states[last - 1] : "IN_PROGRESS";
  return !get_rendering_error (job) ? job->states[last] : "FAILED";
}

/* Why the job failed. */
const char *
sim_job_get_error (SimJob *job)
{
  if (job->clips->len > 0 && is_rendered (job))
    return get_rendering_error (job);
  return job->error;
}

double
sim_job_get_elapsed (SimJob *job)
{
  return (double)(g_get_monotonic_time () - job->started) / G_USEC_PER_SEC;
}

/* ISO 8601, with milliseconds. */
char *
sim_job_format_time (gint64 time)
{
  g_autoptr (GDateTime) date =
      g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  g_autofree char *seconds = g_date_time_format (date, "%Y-%m-%dT%H:%M:%S");

  return g_strdup_printf ("%s.%03dZ", seconds, (int)(time / 1000 % 1000));
}
