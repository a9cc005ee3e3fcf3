/* nanovid: the log of the API client
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * NanogptLogLevel:
 * @NANOGPT_LOG_ERROR: a job, or the wait for it, ended badly
 * @NANOGPT_LOG_WARNING: something that may cost money, time or a clip
 * @NANOGPT_LOG_INFO: what happens once or twice to each job
 * @NANOGPT_LOG_DEBUG: what happens often: polls, retries, files
 * @NANOGPT_LOG_TRACE: what happens for each piece of data
 *
 * The same levels as GStreamer's.  What a user has written (prompts, texts) is
 * logged only at %NANOGPT_LOG_DEBUG and below; keys and signed URLs are never
 * logged.
 */
typedef enum
{
  NANOGPT_LOG_ERROR,
  NANOGPT_LOG_WARNING,
  NANOGPT_LOG_INFO,
  NANOGPT_LOG_DEBUG,
  NANOGPT_LOG_TRACE,
} NanogptLogLevel;

/**
 * NanogptLogHandler:
 * @file: source file of the log statement
 * @function: its function
 * @line: its line
 * @message: one line of text, without a trailing newline
 *
 * May be called from any thread, with locks held, so it must not call back into
 * the API client.
 */
typedef void (*NanogptLogHandler) (NanogptLogLevel level, const char *file,
    const char *function, int line, const char *message);

/**
 * nanogpt_log_set_handler:
 * @handler: (nullable): receives all lines from now on; %NULL for GLib's log,
 *   domain `nanogpt`, where `G_MESSAGES_DEBUG=nanogpt` shows them
 *
 * May be called from any thread.
 */
void nanogpt_log_set_handler (NanogptLogHandler handler);

void nanogpt_log_write (NanogptLogLevel level, const char *file,
    const char *function, int line, const char *format, ...)
    G_GNUC_PRINTF (5, 6);

#define nanogpt_log(level, ...)                                                \
  nanogpt_log_write (level, __FILE__, G_STRFUNC, __LINE__, __VA_ARGS__)

#define nanogpt_log_error(...) nanogpt_log (NANOGPT_LOG_ERROR, __VA_ARGS__)
#define nanogpt_log_warning(...) nanogpt_log (NANOGPT_LOG_WARNING, __VA_ARGS__)
#define nanogpt_log_info(...) nanogpt_log (NANOGPT_LOG_INFO, __VA_ARGS__)
#define nanogpt_log_debug(...) nanogpt_log (NANOGPT_LOG_DEBUG, __VA_ARGS__)
#define nanogpt_log_trace(...) nanogpt_log (NANOGPT_LOG_TRACE, __VA_ARGS__)

G_END_DECLS
