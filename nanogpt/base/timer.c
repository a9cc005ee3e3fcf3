/* nanovid: many timers on one main context
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "timer.h"

/* After the process was stopped or the machine slept, timers are due and data
 * that arrived meanwhile is unread.  A queue that is dispatched more than
 * OVERSLEPT late waits for REST, so that the data is read first: it makes many
 * timers unnecessary. */
#define OVERSLEPT (250 * G_TIME_SPAN_MILLISECOND)
#define REST (200 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  GSource source;
  GMainContext *context; /* a reference, as others may drop theirs */
  GSequence *timers;     /* pending timers, the next one first */
  gint64 rest;           /* when the wait after a late dispatch ends, or 0 */
} Queue;

struct _NanogptTimer
{
  Queue *queue;
  GSequenceIter *place; /* NULL once the function was, or will not be, called */
  gint64 due;
  GSourceFunc function;
  gpointer data;
  GDestroyNotify notify;
};

static void
queue_free (gpointer data)
{
  Queue *queue = data;
  g_autoptr (GMainContext) context = queue->context;

  g_source_destroy (&queue->source);
  g_clear_pointer (&queue->timers, g_sequence_free);
  g_source_unref (&queue->source);
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

/* Returns: the time of the next dispatch, -1 for never */
static gint64
get_ready_time (Queue *queue)
{
  const NanogptTimer *first = get_first (queue);

  if (queue->rest)
    return queue->rest;
  return first ? first->due : -1;
}

/* g_source_set_ready_time() would wake the context each time a timer is added. */
static gboolean
prepare (GSource *source, int *timeout)
{
  gint64 ready_time = get_ready_time ((Queue *)source);
  gint64 delay = ready_time - g_source_get_time (source);

  if (ready_time < 0)
    *timeout = -1;
  else
    *timeout = (int)CLAMP ((delay + 999) / 1000, 0, G_MAXINT);
  return *timeout == 0;
}

static gboolean
check (GSource *source)
{
  gint64 ready_time = get_ready_time ((Queue *)source);

  return ready_time >= 0 && ready_time <= g_source_get_time (source);
}

static gboolean
dispatch (GSource *source, GSourceFunc callback G_GNUC_UNUSED,
    gpointer data G_GNUC_UNUSED)
{
  Queue *queue = (Queue *)source;
  gint64 now = g_get_monotonic_time ();
  NanogptTimer *timer = get_first (queue);

  if (timer && !queue->rest && now - timer->due > OVERSLEPT) {
    queue->rest = now + REST;
    return G_SOURCE_CONTINUE;
  }
  queue->rest = 0;
  while ((timer = get_first (queue)) && timer->due <= now) {
    leave_queue (timer);
    timer->function (timer->data);
    end (timer);
  }
  return G_SOURCE_CONTINUE;
}

static Queue *
get_queue (void)
{
  static GSourceFuncs funcs = { prepare, check, dispatch, NULL, NULL, NULL };
  Queue *queue = g_private_get (&queue_of_thread);

  if (queue)
    return queue;
  queue = (Queue *)g_source_new (&funcs, sizeof (Queue));
  queue->timers = g_sequence_new (NULL);
  queue->context = g_main_context_ref_thread_default ();
  g_source_attach (&queue->source, queue->context);
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

static void
enter_queue (NanogptTimer *timer)
{
  timer->place =
      g_sequence_insert_sorted (timer->queue->timers, timer, compare, NULL);
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
