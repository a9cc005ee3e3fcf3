/* nanovid: a simulator and any request to it, for its tests
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "simulator.h"

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

#define KEY "sk-nano-test"
#define MODEL "seedance-lite-video"
#define BODY "{\"model\":\"" MODEL "\",\"prompt\":\"a lighthouse\"}"
/* Where the status of a job is without its model, up to the query. */
#define UNIFIED "/api/video/status?"

/* The test changes the options before it starts the simulator. */
typedef struct
{
  NanogptSimulatorOptions options;
  NanogptSimulator *simulator;
  SoupSession *session;
  char *dir; /* removed at the end, with the files in it */
} SimFixture;

/* The response, or the error. */
typedef struct
{
  guint status;
  GBytes *body;
  SoupMessageHeaders *headers;
  GError *error;
} SimAnswer;

/* Adds a test with a new fixture. */
void sim_add_test (const char *path, gconstpointer data,
    void (*test) (SimFixture *, gconstpointer));

void sim_start (SimFixture *fixture);

/* Starts a simulator whose clips are the bytes "0123456789", without rendering. */
void sim_start_with_digits (SimFixture *fixture);

void sim_add_fault (SimFixture *fixture, const char *rule);

/* Closes the connections: libsoup resends a GET if a connection that it kept
 * open breaks. */
void sim_forget_connections (SimFixture *fixture);

/* Returns: the monotonic time until which tests wait for something */
gint64 sim_get_deadline (void);

/* @url: may be relative to the API.
 * @key: (nullable): the API key to send
 *
 * Returns: (transfer full): a message that does not follow redirects */
SoupMessage *sim_new_message (
    SimFixture *fixture, const char *method, const char *url, const char *key);

/* Sends @message. All responses are new: the caller frees them. */
SimAnswer *sim_exchange (SimFixture *fixture, SoupMessage *message);

SimAnswer *sim_get (SimFixture *fixture, const char *url, const char *key);

/* Gets a URL made of @format, in which "ID" stands for @run_id.
 *
 * Returns: the status code */
guint sim_get_code (SimFixture *fixture, const char *key, const char *format,
    const char *run_id);

SimAnswer *sim_post (SimFixture *fixture, const char *url, const char *key,
    const char *type, const char *text);

SimAnswer *sim_submit (SimFixture *fixture, const char *body);

/* Submits a job that must be accepted.
 *
 * Returns: (transfer full): its ID */
char *sim_submit_ok (SimFixture *fixture, const char *body);

/* Polls until the value at @path is @wanted. */
SimAnswer *sim_await_value (SimFixture *fixture, const char *run_id,
    const char *model, const char *path, const char *wanted);

/* Waits for the job's end.
 *
 * Returns: (transfer full): the URL of its clip */
char *sim_await_url (
    SimFixture *fixture, const char *run_id, const char *model);

/* Returns: (transfer full): the body, which must be JSON */
JsonNode *sim_answer_parse (SimAnswer *answer);

/* Returns: (nullable) (transfer full): the string at a JSONPath */
char *sim_answer_look_up (SimAnswer *answer, const char *path);

/* Checks the string at a JSONPath.
 *
 * @wanted: (nullable): NULL if there must be none */
void sim_answer_assert (
    SimAnswer *answer, const char *path, const char *wanted);

const char *sim_answer_get_header (SimAnswer *answer, const char *name);

void sim_answer_free (SimAnswer *answer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimAnswer, sim_answer_free)
