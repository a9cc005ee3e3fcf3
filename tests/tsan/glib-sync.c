/* nanovid: tells ThreadSanitizer about the synchronization of GLib
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* GLib is not instrumented, and its locks are system calls. Therefore
 * ThreadSanitizer does not see that a lock is held, nor that a main context, a
 * task's thread or the last reference to an object establishes an order between
 * threads.
 *
 * The functions below replace those of GLib in the test program and in the
 * libraries that it loads. Each does the same as GLib's, and reports the order to
 * ThreadSanitizer. They report only what GLib's documentation guarantees: a
 * release by the thread that hands over and an acquire by the one that takes
 * over, never an order between all callers. */

#define _GNU_SOURCE /* RTLD_NEXT */

#include <dlfcn.h>
#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sanitizer/tsan_interface.h>
#include <unistd.h>

#define REPLACEMENT __attribute__ ((visibility ("default")))

/* The original function that is replaced by the one of this name. */
#define REAL(function)                                                         \
  ({                                                                           \
    static __typeof__ (&function) real;                                        \
    __typeof__ (&function) found = __atomic_load_n (&real, __ATOMIC_RELAXED);  \
                                                                               \
    if (!found) {                                                              \
      found = (__typeof__ (&function))find_real (#function);                   \
      __atomic_store_n (&real, found, __ATOMIC_RELAXED);                       \
    }                                                                          \
    found;                                                                     \
  })

static void *
find_real (const char *name)
{
  void *real = dlsym (RTLD_NEXT, name);

  if (!real)
    __builtin_trap ();
  return real;
}

/* Publishes earlier writes to every thread that calls take() for @place. */
static void
give (gconstpointer place)
{
  __tsan_release ((void *)place);
}

static void
take (gconstpointer place)
{
  __tsan_acquire ((void *)place);
}

/* Locks */

REPLACEMENT void
g_mutex_clear (GMutex *mutex)
{
  __tsan_mutex_destroy (mutex, 0);
  REAL (g_mutex_clear) (mutex);
}

REPLACEMENT void
g_mutex_lock (GMutex *mutex)
{
  __tsan_mutex_pre_lock (mutex, 0);
  REAL (g_mutex_lock) (mutex);
  __tsan_mutex_post_lock (mutex, 0, 0);
}

REPLACEMENT gboolean
g_mutex_trylock (GMutex *mutex)
{
  gboolean locked;

  __tsan_mutex_pre_lock (mutex, __tsan_mutex_try_lock);
  locked = REAL (g_mutex_trylock) (mutex);
  __tsan_mutex_post_lock (mutex,
      locked ? __tsan_mutex_try_lock
             : __tsan_mutex_try_lock | __tsan_mutex_try_lock_failed,
      0);
  return locked;
}

REPLACEMENT void
g_mutex_unlock (GMutex *mutex)
{
  __tsan_mutex_pre_unlock (mutex, 0);
  REAL (g_mutex_unlock) (mutex);
  __tsan_mutex_post_unlock (mutex, 0);
}

REPLACEMENT void
g_rec_mutex_lock (GRecMutex *mutex)
{
  __tsan_mutex_pre_lock (mutex, __tsan_mutex_write_reentrant);
  REAL (g_rec_mutex_lock) (mutex);
  __tsan_mutex_post_lock (mutex, __tsan_mutex_write_reentrant, 0);
}

REPLACEMENT void
g_rec_mutex_unlock (GRecMutex *mutex)
{
  __tsan_mutex_pre_unlock (mutex, __tsan_mutex_write_reentrant);
  REAL (g_rec_mutex_unlock) (mutex);
  __tsan_mutex_post_unlock (mutex, __tsan_mutex_write_reentrant);
}

/* Waiting releases the lock, and acquires it again before it returns. */
static void
before_wait (GMutex *mutex)
{
  __tsan_mutex_pre_unlock (mutex, 0);
  __tsan_mutex_post_unlock (mutex, 0);
  __tsan_mutex_pre_lock (mutex, 0);
}

static void
after_wait (GMutex *mutex)
{
  __tsan_mutex_post_lock (mutex, 0, 0);
}

REPLACEMENT void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  before_wait (mutex);
  REAL (g_cond_wait) (cond, mutex);
  after_wait (mutex);
}

REPLACEMENT gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean in_time;

  before_wait (mutex);
  in_time = REAL (g_cond_wait_until) (cond, mutex, end_time);
  after_wait (mutex);
  return in_time;
}

/* Files: a descriptor's number can be reused as soon as it is closed. */

REPLACEMENT gboolean
g_close (int fd, GError **error)
{
  int code = close (fd) == 0 ? 0 : errno;

  if (code == 0 || code == EINTR)
    return TRUE;
  g_set_error_literal (
      error, G_FILE_ERROR, g_file_error_from_errno (code), g_strerror (code));
  return FALSE;
}

/* One-time initialization */

REPLACEMENT
gboolean (g_once_init_enter) (volatile void *location)
{
  gboolean first = REAL (g_once_init_enter) (location);

  take ((gconstpointer)location);
  return first;
}

REPLACEMENT void (g_once_init_leave) (volatile void *location, gsize result)
{
  give ((gconstpointer)location);
  REAL (g_once_init_leave) (location, result);
}

/* The setup of a class by its first object is visible to all later ones. */
static void
take_class (GType type)
{
  static GType known[256];

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    GType found = __atomic_load_n (&known[i], __ATOMIC_ACQUIRE);

    if (found == 0) {
      g_type_class_ref (type);
      give (GSIZE_TO_POINTER (type));
      if (__atomic_compare_exchange_n (&known[i], &found, type, FALSE,
              __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        found = type;
    }
    if (found == type)
      break;
  }
  take (GSIZE_TO_POINTER (type));
}

REPLACEMENT gpointer
g_object_new (GType type, const char *first, ...)
{
  GObject *object;
  va_list properties;

  take_class (type);
  va_start (properties, first);
  object = g_object_new_valist (type, first, properties);
  va_end (properties);
  return object;
}

/* The last reference: all earlier uses happen before the finalization */

REPLACEMENT void
g_object_unref (gpointer object)
{
  give (object);
  if (g_atomic_int_get (&G_OBJECT (object)->ref_count) == 1)
    take (object);
  REAL (g_object_unref) (object);
}

REPLACEMENT
gboolean (g_atomic_ref_count_dec) (gatomicrefcount *count)
{
  gboolean last;

  give (count);
  last = REAL (g_atomic_ref_count_dec) (count);
  if (last)
    take (count);
  return last;
}

static __thread GDestroyNotify clear_box;

static void
take_and_clear_box (gpointer box)
{
  take (box);
  clear_box (box);
}

REPLACEMENT void
g_atomic_rc_box_release_full (gpointer box, GDestroyNotify clear)
{
  GDestroyNotify outer = clear_box;

  give (box);
  clear_box = clear;
  REAL (g_atomic_rc_box_release_full) (box, take_and_clear_box);
  clear_box = outer;
}

typedef struct
{
  GBytes *bytes;
  GDestroyNotify function;
  gpointer data;
} BytesEnd;

static void
end_bytes (gpointer data)
{
  BytesEnd *end = data;

  take (end->bytes);
  end->function (end->data);
  g_free (end);
}

REPLACEMENT GBytes *
g_bytes_new_with_free_func (
    gconstpointer data, gsize size, GDestroyNotify function, gpointer user_data)
{
  BytesEnd *end;

  if (!function)
    return REAL (g_bytes_new_with_free_func) (data, size, NULL, NULL);
  end = g_new0 (BytesEnd, 1);
  end->function = function;
  end->data = user_data;
  end->bytes = REAL (g_bytes_new_with_free_func) (data, size, end_bytes, end);
  return end->bytes;
}

REPLACEMENT void
g_bytes_unref (GBytes *bytes)
{
  if (bytes)
    give (bytes);
  REAL (g_bytes_unref) (bytes);
}

/* Queues and pools: who pushes gives to who pops, or to the pool's function */

REPLACEMENT void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  give (data);
  REAL (g_async_queue_push) (queue, data);
}

REPLACEMENT gpointer
g_async_queue_try_pop (GAsyncQueue *queue)
{
  gpointer data = REAL (g_async_queue_try_pop) (queue);

  if (data)
    take (data);
  return data;
}

typedef struct
{
  GFunc function;
  gpointer data;
} PoolFunction;

static void
take_from_pool (gpointer data, gpointer user_data)
{
  PoolFunction *pool = user_data;

  take (data);
  pool->function (data, pool->data);
}

/* A pool lives as long as the process. */
REPLACEMENT GThreadPool *
g_thread_pool_new (GFunc function, gpointer data, int max_threads,
    gboolean exclusive, GError **error)
{
  PoolFunction *pool = g_new (PoolFunction, 1);

  *pool = (PoolFunction){ function, data };
  return REAL (g_thread_pool_new) (
      take_from_pool, pool, max_threads, exclusive, error);
}

REPLACEMENT gboolean
g_thread_pool_push (GThreadPool *pool, gpointer data, GError **error)
{
  give (data);
  return REAL (g_thread_pool_push) (pool, data, error);
}

/* Main contexts: the thread that attaches a source gives to the callback */

typedef struct
{
  gconstpointer place;
  GSourceFunc function;
  GDestroyNotify notify;
  gpointer data;
} Callback;

static gboolean
take_and_call (gpointer data)
{
  Callback *callback = data;

  take (callback->place);
  return callback->function (callback->data);
}

static void
end_callback (gpointer data)
{
  Callback *callback = data;

  if (callback->notify)
    callback->notify (callback->data);
  g_free (callback);
}

/* Callbacks of other kinds of sources have different arguments; such sources
 * are attached by the thread that dispatches them. */
REPLACEMENT void
g_source_set_callback (
    GSource *source, GSourceFunc function, gpointer data, GDestroyNotify notify)
{
  Callback *callback;

  if (!function
      || (source->source_funcs != &g_idle_funcs
          && source->source_funcs != &g_timeout_funcs)) {
    REAL (g_source_set_callback) (source, function, data, notify);
    return;
  }
  callback = g_new (Callback, 1);
  *callback = (Callback){ source, function, notify, data };
  REAL (g_source_set_callback) (source, take_and_call, callback, end_callback);
}

REPLACEMENT guint
g_source_attach (GSource *source, GMainContext *context)
{
  give (source);
  return REAL (g_source_attach) (source, context);
}

REPLACEMENT void
g_main_context_invoke (
    GMainContext *context, GSourceFunc function, gpointer data)
{
  Callback *callback = g_new (Callback, 1);

  *callback = (Callback){ callback, function, NULL, data };
  give (callback);
  g_main_context_invoke_full (
      context, G_PRIORITY_DEFAULT, take_and_call, callback, end_callback);
}

/* Tasks: a task gives to its thread, and its result gives to the callback */

static GQuark
callback_quark (void)
{
  return g_quark_from_static_string ("glib-sync-callback");
}

static GQuark
thread_quark (void)
{
  return g_quark_from_static_string ("glib-sync-thread");
}

static void
take_result (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncReadyCallback callback =
      g_object_get_qdata (G_OBJECT (result), callback_quark ());

  take (result);
  callback (source, result, data);
}

REPLACEMENT GTask *(g_task_new)(gpointer source, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = REAL (g_task_new) (
      source, cancellable, callback ? take_result : NULL, data);

  if (callback)
    g_object_set_qdata (G_OBJECT (task), callback_quark (), callback);
  return task;
}

static void
take_task (
    GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GTaskThreadFunc function =
      g_object_get_qdata (G_OBJECT (task), thread_quark ());

  take (task);
  function (task, source, data, cancellable);
}

REPLACEMENT void
g_task_run_in_thread (GTask *task, GTaskThreadFunc function)
{
  g_object_set_qdata (G_OBJECT (task), thread_quark (), function);
  give (task);
  REAL (g_task_run_in_thread) (task, take_task);
}

REPLACEMENT void
g_task_return_pointer (GTask *task, gpointer result, GDestroyNotify destroy)
{
  give (task);
  REAL (g_task_return_pointer) (task, result, destroy);
}

REPLACEMENT void
g_task_return_boolean (GTask *task, gboolean result)
{
  give (task);
  REAL (g_task_return_boolean) (task, result);
}

REPLACEMENT void
g_task_return_error (GTask *task, GError *error)
{
  give (task);
  REAL (g_task_return_error) (task, error);
}
