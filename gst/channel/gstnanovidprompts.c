/* nanovid: the prompts of a film, from a script, a pad or an application
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The bell's lock guards everything in this file.  The script is read without
 * it, by the first thread that needs it: prompts pushed before the start are
 * numbered after those of the script. */

#include "gstnanovidprompts.h"

#include <glib/gi18n-lib.h>
#include <gst/video/video.h>

#include "gst/input/gstnanovidimage.h"
#include "gstnanovidscript.h"
#include "nanogpt/base/error.h"

/* Maximum number of pushed prompts that may wait. */
#define MAX_PUSHES 100

/* Interval between calls of need-prompt if there was no result. */
#define NEED_INTERVAL G_TIME_SPAN_SECOND

struct _GstNanovidPrompts
{
  GstElement *element;  /* not owned */
  GstPad *sink_pad;     /* not owned */
  GstNanovidBell *bell; /* not owned; its lock guards the fields below */

  char *location;
  GQueue script;  /* of GstNanovidPrompt: taken first */
  GQueue arrived; /* of GstNanovidPrompt */
  guint n_pushes; /* pushed ones in arrived */
  guint n_buffers;
  guint64 next_number;
  gboolean has_script; /* the script was read */
  gboolean is_begun;   /* prompts are being taken, so the script is fixed */
  gboolean is_finite;  /* there is a source that ends by itself */
  gboolean is_alone;   /* the property is the only source */
  gboolean ended;
  gboolean pad_ended;
  gboolean flushing;
  guint epoch; /* of the pad's stream, from 1; incremented by each flush */

  guint run;       /* counts starts, to ignore late results */
  gboolean asking; /* need-prompt is being emitted */
  gint64 ask_at;   /* monotonic */
};

/* Adding prompts */

static void
clear_queue (GQueue *queue)
{
  g_queue_clear_full (queue, (GDestroyNotify)gst_nanovid_prompt_free);
}

/* Call with the lock held. */
static void
append_prompt (GstNanovidPrompts *self, GstNanovidPrompt *prompt)
{
  prompt->number = self->next_number++;
  if (prompt->epoch > 0)
    self->n_buffers++;
  else
    self->n_pushes++;
  g_queue_push_tail (&self->arrived, prompt);
  gst_nanovid_bell_ring (self->bell);
}

/* Call with the lock held. */
static void
number_script (GstNanovidPrompts *self, GQueue *loaded)
{
  GstNanovidPrompt *prompt;

  while ((prompt = g_queue_pop_head (loaded))) {
    prompt->number = self->next_number++;
    g_queue_push_tail (&self->script, prompt);
  }
}

/* Reads the script, unless it was read before. */
static gboolean
load_script (GstNanovidPrompts *self, GError **error)
{
  GQueue loaded = G_QUEUE_INIT;
  g_autofree char *location = NULL;

  g_mutex_lock (&self->bell->lock);
  if (!self->has_script && !self->is_begun)
    location = g_strdup (self->location);
  g_mutex_unlock (&self->bell->lock);
  if (!location)
    return TRUE;
  if (!gst_nanovid_script_load (location, &loaded, error))
    return FALSE;

  g_mutex_lock (&self->bell->lock);
  /* Another thread may have read it in the meantime. */
  if (!self->has_script)
    number_script (self, &loaded);
  self->has_script = TRUE;
  g_mutex_unlock (&self->bell->lock);
  clear_queue (&loaded);
  return TRUE;
}

/* Takes the picture out of the options, since it is an input and not a
 * property. */
static void
take_picture (GstNanovidPrompt *prompt)
{
  GstSample *picture;

  if (!prompt->options
      || !gst_structure_get (
          prompt->options, "picture", GST_TYPE_SAMPLE, &picture, NULL))
    return;
  gst_structure_remove_field (prompt->options, "picture");
  if (gst_sample_get_buffer (picture)) {
    prompt->sample = picture;
    return;
  }
  g_set_error_literal (&prompt->error, NANOGPT_ERROR,
      NANOGPT_ERROR_INVALID_REQUEST, _ ("The picture of the prompt is empty"));
  gst_sample_unref (picture);
}

guint64
gst_nanovid_prompts_push (
    GstNanovidPrompts *self, const char *text, const GstStructure *options)
{
  GstNanovidPrompt *prompt;
  g_autoptr (GMutexLocker) locker = NULL;

  /* The feeder reports a script that cannot be read. */
  load_script (self, NULL);

  locker = g_mutex_locker_new (&self->bell->lock);
  if (self->ended || self->n_pushes >= MAX_PUSHES)
    return G_MAXUINT64;

  prompt = gst_nanovid_prompt_new ();
  prompt->text = g_strdup (text);
  prompt->options = options ? gst_structure_copy (options) : NULL;
  take_picture (prompt);
  append_prompt (self, prompt);
  return prompt->number;
}

void
gst_nanovid_prompts_end (GstNanovidPrompts *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  self->ended = TRUE;
  gst_nanovid_bell_ring (self->bell);
}

/* The sink pad */

static GstVideoOrientationMethod
get_orientation (GstPad *pad)
{
  GstVideoOrientationMethod orientation = GST_VIDEO_ORIENTATION_IDENTITY;
  GstEvent *event;

  for (guint i = 0; (event = gst_pad_get_sticky_event (pad, GST_EVENT_TAG, i));
       i++) {
    GstTagList *tags;

    gst_event_parse_tag (event, &tags);
    gst_video_orientation_from_tag (tags, &orientation);
    gst_event_unref (event);
  }
  return orientation;
}

static GstSample *
create_sample (GstPad *pad, GstBuffer *buffer)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autoptr (GstEvent) event =
      gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment = NULL;

  if (event)
    gst_event_parse_segment (event, &segment);
  return gst_sample_new (buffer, caps, segment,
      gst_structure_new (GST_NANOVID_IMAGE_INFO, "orientation",
          GST_TYPE_VIDEO_ORIENTATION_METHOD, get_orientation (pad), NULL));
}

/* Call with the lock held. */
static GstFlowReturn
get_pad_flow (GstNanovidPrompts *self)
{
  if (self->flushing)
    return GST_FLOW_FLUSHING;
  return self->ended || self->pad_ended ? GST_FLOW_EOS : GST_FLOW_OK;
}

GstFlowReturn
gst_nanovid_prompts_push_buffer (GstNanovidPrompts *self, GstBuffer *buffer)
{
  g_autoptr (GstBuffer) owned = buffer;
  g_autoptr (GstSample) sample = create_sample (self->sink_pad, owned);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);
  GstNanovidPrompt *prompt;

  while (get_pad_flow (self) == GST_FLOW_OK && self->n_buffers > 0)
    g_cond_wait (&self->bell->cond, &self->bell->lock);
  if (get_pad_flow (self) != GST_FLOW_OK)
    return get_pad_flow (self);

  prompt = gst_nanovid_prompt_new ();
  prompt->sample = g_steal_pointer (&sample);
  prompt->epoch = self->epoch;
  append_prompt (self, prompt);
  return GST_FLOW_OK;
}

void
gst_nanovid_prompts_end_pad (GstNanovidPrompts *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  self->pad_ended = TRUE;
  gst_nanovid_bell_ring (self->bell);
}

/* Call with the lock held. */
static void
drop_buffers (GstNanovidPrompts *self)
{
  GList *next;

  for (GList *l = self->arrived.head; l; l = next) {
    GstNanovidPrompt *prompt = l->data;

    next = l->next;
    if (prompt->epoch > 0) {
      gst_nanovid_prompt_free (prompt);
      g_queue_delete_link (&self->arrived, l);
    }
  }
  self->n_buffers = 0;
}

void
gst_nanovid_prompts_set_flushing (GstNanovidPrompts *self, gboolean flushing)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  self->flushing = flushing;
  if (flushing) {
    drop_buffers (self);
    self->epoch++;
  }
  self->pad_ended = FALSE;
  gst_nanovid_bell_ring (self->bell);
}

/* need-prompt */

typedef struct
{
  GstNanovidPrompts *prompts; /* of the element */
  GstElement *element;
  guint ready;
  guint run;
} Question;

static void
take_handler_result (const Question *question, const char *text)
{
  GstNanovidPrompts *self = question->prompts;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);
  GstNanovidPrompt *prompt;

  if (self->run != question->run)
    return;

  self->asking = FALSE;
  self->ask_at = text ? 0 : g_get_monotonic_time () + NEED_INTERVAL;
  gst_nanovid_bell_ring (self->bell);
  if (!text || self->ended)
    return;

  prompt = gst_nanovid_prompt_new ();
  prompt->text = g_strdup (text);
  append_prompt (self, prompt);
}

static gpointer
prompt_thread (gpointer data)
{
  g_autofree Question *question = data;
  g_autofree char *text = NULL;

  g_signal_emit_by_name (
      question->element, "need-prompt", question->ready, &text);
  take_handler_result (question, text);
  gst_object_unref (question->element);
  return NULL;
}

static gboolean
has_listener (GstNanovidPrompts *self)
{
  return g_signal_has_handler_pending (self->element,
      g_signal_lookup ("need-prompt", G_OBJECT_TYPE (self->element)), 0, TRUE);
}

/* Does not wait for the handler.  Its result is added as a prompt when it
 * arrives. */
static void
ask_for_prompt (GstNanovidPrompts *self, guint ready, gint64 *deadline)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);
  Question *question;

  if (self->asking)
    return;
  if (self->ask_at > g_get_monotonic_time ()) {
    *deadline = *deadline < 0 ? self->ask_at : MIN (*deadline, self->ask_at);
    return;
  }

  self->asking = TRUE;
  question = g_new0 (Question, 1);
  question->prompts = self;
  question->element = gst_object_ref (self->element);
  question->ready = ready;
  question->run = self->run;
  g_thread_unref (g_thread_new ("nanovid-prompt", prompt_thread, question));
}

/* Taking prompts */

/* Call with the lock held. */
static GstNanovidPrompt *
pop (GstNanovidPrompts *self)
{
  GstNanovidPrompt *prompt = g_queue_pop_head (&self->script);

  if (prompt)
    return prompt;

  prompt = g_queue_pop_head (&self->arrived);
  if (prompt && prompt->epoch > 0)
    self->n_buffers--;
  else if (prompt)
    self->n_pushes--;
  /* A push or the pad may be waiting for room. */
  if (prompt)
    gst_nanovid_bell_ring (self->bell);
  return prompt;
}

/* Returns: (nullable): a waiting prompt, or the one of the property if there is
 *   no other source */
static GstNanovidPrompt *
take_first (GstNanovidPrompts *self, GstNanovidPromptsDefault by_default,
    gboolean is_heard)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);
  GstNanovidPrompt *prompt = pop (self);

  if (prompt || by_default == GST_NANOVID_PROMPTS_DEFAULT_NONE || is_heard
      || self->is_finite || self->ended
      || (self->next_number > 0 && !self->is_alone))
    return prompt;

  self->is_alone = TRUE;
  self->is_finite = by_default == GST_NANOVID_PROMPTS_DEFAULT_ONCE;
  prompt = gst_nanovid_prompt_new ();
  prompt->number = self->next_number++;
  return prompt;
}

/* If prompts are only pushed, the application has to signal the end. */
static gboolean
is_over (GstNanovidPrompts *self, gboolean is_linked, gboolean is_heard)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);
  gboolean pad_is_over = !is_linked || self->pad_ended;

  return g_queue_is_empty (&self->arrived)
      && (self->ended || (self->is_finite && !is_heard && pad_is_over));
}

static void
note_sources (GstNanovidPrompts *self, gboolean is_linked)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  self->is_begun = TRUE;
  self->is_finite |= is_linked || self->has_script;
}

GstNanovidPromptsOutcome
gst_nanovid_prompts_take (GstNanovidPrompts *self,
    GstNanovidPromptsDefault by_default, guint ready, GstNanovidPrompt **prompt,
    gint64 *deadline, GError **error)
{
  gboolean is_linked = gst_pad_is_linked (self->sink_pad);
  gboolean is_heard = has_listener (self);

  if (!load_script (self, error))
    return GST_NANOVID_PROMPTS_ERROR;

  note_sources (self, is_linked);
  *prompt = take_first (self, by_default, is_heard);
  if (*prompt)
    return GST_NANOVID_PROMPTS_TAKEN;
  if (is_over (self, is_linked, is_heard))
    return GST_NANOVID_PROMPTS_OVER;
  if (is_heard)
    ask_for_prompt (self, ready, deadline);
  return GST_NANOVID_PROMPTS_WAIT;
}

static int
compare_numbers (gconstpointer a, gconstpointer b, gpointer data G_GNUC_UNUSED)
{
  guint64 number_a = ((const GstNanovidPrompt *)a)->number;
  guint64 number_b = ((const GstNanovidPrompt *)b)->number;

  return (number_a > number_b) - (number_a < number_b);
}

void
gst_nanovid_prompts_put_back (GstNanovidPrompts *self, GstNanovidPrompt *prompt)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  g_queue_insert_sorted (&self->script, prompt, compare_numbers, NULL);
}

gboolean
gst_nanovid_prompts_is_current (
    GstNanovidPrompts *self, const GstNanovidPrompt *prompt)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  return prompt->epoch == 0 || prompt->epoch == self->epoch;
}

/* Lifecycle */

void
gst_nanovid_prompts_set_location (GstNanovidPrompts *self, const char *location)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  g_free (self->location);
  self->location = location && *location ? g_strdup (location) : NULL;
  if (self->is_begun)
    return;
  clear_queue (&self->script);
  self->has_script = FALSE;
}

char *
gst_nanovid_prompts_dup_location (GstNanovidPrompts *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  return g_strdup (self->location);
}

void
gst_nanovid_prompts_reset (GstNanovidPrompts *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  clear_queue (&self->script);
  clear_queue (&self->arrived);
  self->has_script = self->is_begun = FALSE;
  self->n_pushes = self->n_buffers = 0;
  self->next_number = 0;
  self->is_finite = self->is_alone = self->ended = self->pad_ended = FALSE;
  self->run++;
  self->asking = FALSE;
  self->ask_at = 0;
}

GstNanovidPrompts *
gst_nanovid_prompts_new (
    GstElement *element, GstPad *sink_pad, GstNanovidBell *bell)
{
  GstNanovidPrompts *self = g_new0 (GstNanovidPrompts, 1);

  self->element = element;
  self->sink_pad = sink_pad;
  self->bell = bell;
  self->epoch = 1;
  g_queue_init (&self->script);
  g_queue_init (&self->arrived);
  return self;
}

void
gst_nanovid_prompts_free (GstNanovidPrompts *self)
{
  gst_nanovid_prompts_reset (self);
  g_free (self->location);
  g_free (self);
}
