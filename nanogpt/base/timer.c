/* nanovid: many timers on one main context
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "timer.h"

/* A process that was stopped, or a machine that slept, finds its timers due and
 * what came meanwhile unread.  Whoever is called so late rests for so long, in
 * which it is read: many a timer has then lost its reason. */
#define OVERSLEPT (250 * G_TIME_SPAN_MILLISECOND)
#define REST (200 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  GMainContext *context; /* kept, as others may let go of it meanwhile */
  GSource *source;
  GSequence *timers; /* those to come, the next one first */
  gboolean rested;   /* since it was called late */
} Queue;

struct _NanogptTimer
{
  Queue *queue;
  GSequenceIter *place; /* NULL when its function was called, or will not be */
  gint64 due;
  GSourceFunc function;
  gpointer data;
  GDestroyNotify notify;
};

static void
queue_free (gpointer data)
{
  Queue *queue = data;

  g_source_destroy (queue->source);
  g_source_unref (queue->source);
  g_main_context_unref (queue->context);
  g_sequence_free (queue->timers);
  g_free (queue);
}

static GPrivate queue_of_thread = G_PRIVATE_INIT (queue_free);

static NanogptTimer *
get_first (Queue *queue)
{
  GSequenceIter *first = g_sequence_get_begin_iter (queue->timers);

  return g_sequence_iter_is_end (first) ? NULL : g_sequence_get (first);
}

static void
leave_queue (NanogptTimer *timer)
{
  g_sequence_remove (g_steal_pointer (&timer->place));
}

/* Drops the queue's reference. */
static void
end (NanogptTimer *timer)
{
  if (timer->notify)
    timer->notify (timer->data);
  nanogpt_timer_unref (timer);
}

static gboolean
dispatch (GSource *source, GSourceFunc callback G_GNUC_UNUSED,
    gpointer data G_GNUC_UNUSED)
{
  Queue *queue = g_private_get (&queue_of_thread);
  gint64 now = g_get_monotonic_time ();
  NanogptTimer *timer;

  queue->rested =
      !queue->rested && now - g_source_get_ready_time (source) > OVERSLEPT;
  if (queue->rested) {
    g_source_set_ready_time (source, now + REST);
    return G_SOURCE_CONTINUE;
  }
  while ((timer = get_first (queue)) && timer->due <= now) {
    leave_queue (timer);
    timer->function (timer->data);
    end (timer);
  }
  g_source_set_ready_time (source, timer ? timer->due : -1);
  return G_SOURCE_CONTINUE;
}

static Queue *
get_queue (void)
{
  static GSourceFuncs funcs = { .dispatch = dispatch };
  Queue *queue = g_private_get (&queue_of_thread);

  if (queue)
    return queue;
  queue = g_new0 (Queue, 1);
  queue->timers = g_sequence_new (NULL);
  queue->source = g_source_new (&funcs, sizeof (GSource));
  queue->context = g_main_context_ref_thread_default ();
  g_source_attach (queue->source, queue->context);
  g_private_set (&queue_of_thread, queue);
  return queue;
}

static int
compare (gconstpointer a, gconstpointer b, gpointer data G_GNUC_UNUSED)
{
  const NanogptTimer *one = a;
  const NanogptTimer *other = b;

  return (one->due > other->due) - (one->due < other->due);
}

/* When the first one is ended, the source is woken in vain once, which is less
 * work than to tell it every time. */
static void
enter_queue (NanogptTimer *timer)
{
  Queue *queue = timer->queue;

  timer->place = g_sequence_insert_sorted (queue->timers, timer, compare, NULL);
  if (get_first (queue) == timer)
    g_source_set_ready_time (queue->source, timer->due);
}

NanogptTimer *
nanogpt_timer_new (
    gint64 delay, GSourceFunc function, gpointer data, GDestroyNotify notify)
{
  NanogptTimer *timer = g_rc_box_new0 (NanogptTimer);

  timer->queue = get_queue ();
  timer->due = g_get_monotonic_time () + MAX (delay, 0);
  timer->function = function;
  timer->data = data;
  timer->notify = notify;
  enter_queue (g_rc_box_acquire (timer));
  return timer;
}

void
nanogpt_timer_unref (NanogptTimer *timer)
{
  g_rc_box_release (timer);
}

void
nanogpt_timer_clear (NanogptTimer **timer)
{
  g_autoptr (NanogptTimer) cleared = g_steal_pointer (timer);

  if (!cleared || !cleared->place)
    return;
  leave_queue (cleared);
  end (cleared);
}

void
nanogpt_timer_hurry (NanogptTimer *timer)
{
  if (!timer->place)
    return;
  leave_queue (timer);
  timer->due = g_get_monotonic_time ();
  enter_queue (timer);
}

gint64
nanogpt_timer_get_due (const NanogptTimer *timer)
{
  return timer->due;
}
