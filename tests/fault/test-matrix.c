/* nanovid: tests of the outcome of every fault of the service and the network
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "fault/row.h"
#include "fixture/env.h"
#include "fixture/media.h"

/* Variants of the service, for a row's options. */
enum
{
  NO_RANGES = 1 << 0,
  NO_LEGACY = 1 << 1,
  NO_RECOVER = 1 << 2,
  RELATIVE_URL = 1 << 3,
  REDIRECT = 1 << 4,
  WEBM = 1 << 5,
  FRAGMENTED = 1 << 6,
};

typedef struct
{
  FaultRow row;
  const char *rules[4];   /* of the simulator */
  const char *properties; /* of the element */
  const char *states;
  guint options;
} Fault;

static const Fault faults[] = {
  /* Nothing wrong */
  { .row = { "any", "none", NULL, NULL, 1, 3 } },
  { .row = { "any", "every answer comes half a second late", NULL, NULL, 1, 6 },
      .rules = { "any:delay=500" } },
  { .row = { "any", "every body comes at 100 kB/s", NULL, NULL, 1, 8 },
      .rules = { "any:drip=100000" } },

  /* Submit: not accepted */
  { .row = { "submit", "connection closed before the answer, no job",
        "submit-unknown", "nothing is sent again", 0, 4 },
      .rules = { "submit#1:drop" },
      .properties = "timeout=2" },
  { .row = { "submit", "no answer, no job", "submit-unknown",
        "nothing is sent again", 0, 5 },
      .rules = { "submit#1:stall" },
      .properties = "timeout=3 http-timeout=1" },
  { .row = { "submit", "503, no job", "submit-unknown", "nothing is sent again",
        0, 4 },
      .rules = { "submit#1:status=503" },
      .properties = "timeout=2" },
  { .row = { "submit", "a web page instead of an answer, no job",
        "submit-unknown", "nothing is sent again", 0, 4 },
      .rules = { "submit#1:html" },
      .properties = "timeout=2" },
  { .row = { "submit",
        "connection closed, no job, for as long as it is looked for",
        "submit-unknown", NULL, 0, 36 },
      .rules = { "submit#1:drop" } },
  { .row = { "submit", "400", "invalid-request", NULL, 0, 2 },
      .rules = { "submit:status=400" } },
  { .row = { "submit", "401", "not-authorized", NULL, 0, 2 },
      .rules = { "submit:status=401" } },
  { .row = { "submit", "402", "insufficient-balance", NULL, 0, 2 },
      .rules = { "submit:status=402" } },
  { .row = { "submit", "403", "not-authorized", NULL, 0, 2 },
      .rules = { "submit:status=403" } },
  { .row = { "submit", "404", "invalid-request", NULL, 0, 2 },
      .rules = { "submit:status=404" } },
  { .row = { "submit", "409", "invalid-request", "looked for first", 0, 36 },
      .rules = { "submit:status=409" } },
  { .row = { "submit", "403 page of an edge", "not-authorized",
        "looked for first", 0, 36 },
      .rules = { "submit:status=403,shape=html" } },
  { .row = { "submit", "413 without JSON", "too-large", NULL, 0, 2 },
      .rules = { "submit:status=413,shape=html" } },
  { .row = { "submit", "422", "invalid-request", NULL, 0, 2 },
      .rules = { "submit:status=422" } },
  { .row = { "submit", "content policy", "content-policy", NULL, 0, 2 },
      .rules = { "submit:status=400,shape=object,code=CONTENT_POLICY_VIOLATION" } },
  { .row = { "submit", "429 once, Retry-After of a second", NULL, NULL, 1, 5 },
      .rules = { "submit#1:status=429,retry-after=1" } },
  { .row = { "submit", "429 for ever", "rate-limited", NULL, 0, 4 },
      .rules = { "submit:status=429,retry-after=1" },
      .properties = "timeout=2" },
  { .row = { "submit", "429, Retry-After beyond every number", "rate-limited",
        NULL, 0, 4 },
      .rules = { "submit:status=429,retry-after=99999999999999999999" },
      .properties = "timeout=2" },
  { .row = { "submit", "429, the key's daily limit", "rate-limited", NULL, 0,
        2 },
      .rules = { "submit:status=429,shape=openai,code=daily_usd_limit_exceeded" } },
  { .row = { "submit", "421 once", NULL, NULL, 1, 4 },
      .rules = { "submit#1:status=421" } },
  { .row = { "submit", "429, Retry-After of no time, three times", NULL, NULL,
        1, 6 },
      .rules = { "submit#1-3:status=429,retry-after=0" } },
  { .row = { "submit", "429, Retry-After of no time, for ever", "rate-limited",
        NULL, 0, 6 },
      .rules = { "submit:status=429,retry-after=0" },
      .properties = "timeout=4" },
  { .row = { "submit", "302 to another place", "invalid-request",
        "looked for first", 0, 36 },
      .rules = { "submit:redirect=http://127.0.0.1:9/" } },

  /* Submit: accepted, and the answer lost */
  { .row = { "submit", "connection closed before the answer", NULL, "looked up",
        1, 4 },
      .rules = { "submit#1:reply-drop" } },
  { .row = { "submit", "connection closed within the answer", NULL, "looked up",
        1, 4 },
      .rules = { "submit#1:reply-half" } },
  { .row = { "submit", "no answer", NULL, "looked up", 1, 4 },
      .rules = { "submit#1:reply-stall" },
      .properties = "http-timeout=1" },
  { .row = { "submit", "500 after the job was made", NULL, "looked up", 1, 4 },
      .rules = { "submit#1:reply-status=500" } },
  { .row = { "submit", "502 page of a proxy", NULL, "looked up", 1, 4 },
      .rules = { "submit#1:reply-status=502,shape=html" } },
  { .row = { "submit", "504 without a body", NULL, "looked up", 1, 4 },
      .rules = { "submit#1:reply-status=504,body=" } },
  { .row = { "submit", "408 after the job was made", NULL, "looked up", 1, 4 },
      .rules = { "submit#1:reply-status=408" } },
  { .row = { "submit", "409 after the job was made", NULL, "looked up", 1, 4 },
      .rules = { "submit#1:reply-status=409" } },
  { .row = { "submit", "425 after the job was made", NULL, "looked up", 1, 4 },
      .rules = { "submit#1:reply-status=425" } },
  { .row = { "submit", "403 page of an edge after the job was made", NULL,
        "looked up", 1, 4 },
      .rules = { "submit#1:reply-status=403,shape=html" } },
  { .row = { "submit", "200 with an error, after the job was made", NULL,
        "looked up", 1, 4 },
      .rules = { "submit#1:reply-status=200" } },
  { .row = { "submit", "202 with a web page", NULL, "looked up", 1, 4 },
      .rules = { "submit#1:reply-status=202,shape=html" } },
  { .row = { "submit", "202 with an empty body", NULL, "looked up", 1, 4 },
      .rules = { "submit#1:reply-status=202,body=" } },
  { .row = { "submit", "an answer of 2 MB", NULL, "looked up", 1, 4 },
      .rules = { "submit#1:huge=2000000" } },
  { .row = { "submit", "the answer at 100 bytes a second", NULL, NULL, 1, 6 },
      .rules = { "submit#1:drip=100" } },
  { .row = { "submit", "the answer at 20 bytes a second, too slow", NULL,
        "looked up", 1, 5 },
      .rules = { "submit#1:drip=20" },
      .properties = "http-timeout=1" },

  /* Recover */
  { .row = { "recover", "not there", "submit-unknown", NULL, 1, 3 },
      .rules = { "submit#1:reply-drop" },
      .options = NO_RECOVER },
  { .row = { "recover", "403", "submit-unknown", NULL, 1, 3 },
      .rules = { "submit#1:reply-drop", "recover:status=403" } },
  { .row = { "recover", "connection closed once", NULL, NULL, 1, 9 },
      .rules = { "submit#1:reply-drop", "recover#1:drop" } },
  { .row = { "recover", "a web page once", NULL, NULL, 1, 9 },
      .rules = { "submit#1:reply-drop", "recover#1:html" } },
  { .row = { "recover", "429 once", NULL, NULL, 1, 9 },
      .rules = { "submit#1:reply-drop",
          "recover#1:status=429,retry-after=2" } },
  { .row = { "recover", "429 with a Retry-After of an hour", "submit-unknown",
        NULL, 1, 70 },
      .rules = { "submit#1:reply-drop",
          "recover:status=429,retry-after=3600" } },
  { .row = { "recover", "500 for ever", "submit-unknown", NULL, 1, 4 },
      .rules = { "submit#1:reply-drop", "recover:status=500" },
      .properties = "timeout=2" },
  { .row = { "recover", "no answer", "submit-unknown", NULL, 1, 4 },
      .rules = { "submit#1:reply-drop", "recover:stall" },
      .properties = "timeout=2 http-timeout=1" },
  { .row = { "recover", "500 for as long as it is asked", "submit-unknown",
        NULL, 1, 36 },
      .rules = { "submit#1:reply-drop", "recover:status=500" } },

  /* Poll */
  { .row = { "poll", "404 right after the submit", NULL, "waited out", 1, 5 },
      .rules = { "status#1-2:status=404", "unified-status:status=404" } },
  { .row = { "poll", "404 for ever", "invalid-request", NULL, 1, 36 },
      .rules = { "status:status=404", "unified-status:status=404" } },
  { .row = { "poll", "404 in the middle of the job", NULL, "waited out", 1, 6 },
      .rules = { "status#4-5:status=404", "unified-status:status=404" } },
  { .row = { "poll", "the legacy endpoint is gone", NULL, NULL, 1, 3 },
      .options = NO_LEGACY },
  { .row = { "poll", "connection closed three times", NULL, NULL, 1, 5 },
      .rules = { "status#1-3:drop" } },
  { .row = { "poll", "connection closed within the answer", NULL, NULL, 1, 4 },
      .rules = { "status#1-2:reply-half" } },
  { .row = { "poll", "500 three times", NULL, NULL, 1, 5 },
      .rules = { "status#1-3:status=500" } },
  { .row = { "poll", "502 page of a proxy", NULL, NULL, 1, 4 },
      .rules = { "status#1-2:status=502,shape=html" } },
  { .row = { "poll", "503 with a Retry-After of a second", NULL, NULL, 1, 4 },
      .rules = { "status#1:status=503,retry-after=1" } },
  { .row = { "poll", "429 with a Retry-After of a second", NULL, NULL, 1, 4 },
      .rules = { "status#1:status=429,retry-after=1" } },
  { .row = { "poll", "429 with a Retry-After of no time, three times", NULL,
        NULL, 1, 5 },
      .rules = { "status#1-3:status=429,retry-after=0" } },
  { .row = { "poll", "429 with a Retry-After of an hour", NULL,
        "asked once more before the end", 1, 6 },
      .rules = { "status#1:status=429,retry-after=3600" },
      .properties = "timeout=4" },
  { .row = { "poll", "408 and 425", NULL, NULL, 1, 4 },
      .rules = { "status#1:status=408", "status#2:status=425" } },
  { .row = { "poll", "no answer once", NULL, NULL, 1, 5 },
      .rules = { "status#1:stall" },
      .properties = "http-timeout=1" },
  { .row = { "poll", "an answer at 20 bytes a second", NULL, NULL, 1, 5 },
      .rules = { "status#1:drip=20" },
      .properties = "http-timeout=1" },
  { .row = { "poll", "a web page once", NULL, NULL, 1, 4 },
      .rules = { "status#1:html" } },
  { .row = { "poll", "an empty answer once", NULL, NULL, 1, 4 },
      .rules = { "status#1:status=200,body=" } },
  { .row = { "poll", "an answer of 2 MB once", NULL, NULL, 1, 4 },
      .rules = { "status#1:huge=2000000" } },
  { .row = { "poll", "an unknown status word", NULL, "it goes on", 1, 4 },
      .rules = { "status#1-3:status=200,body={\"data\":{\"status\":\"REHEATING\"}}" } },
  { .row = { "poll", "no status word", NULL, "it goes on", 1, 4 },
      .rules = { "status#1-3:status=200,body={\"data\":{}}" } },
  { .row = { "poll", "COMPLETED without a URL twice", NULL, "asked again", 1,
        6 },
      .rules = { "status#1-2:status=200,body={\"data\":{\"status\":\"COMPLETED\"}}" } },
  { .row = { "poll", "COMPLETED without a URL for ever", "bad-response", NULL,
        1, 9 },
      .rules = { "status:status=200,body={\"data\":{\"status\":\"COMPLETED\"}}" },
      .properties = "retries=3" },
  { .row = { "poll", "web pages for ever", "timed-out", NULL, 1, 4 },
      .rules = { "status:html" },
      .properties = "timeout=2" },
  { .row = { "poll", "204 for ever", "bad-response", NULL, 1, 4 },
      .rules = { "status:status=204,body=" },
      .properties = "timeout=2" },
  { .row = { "poll", "401, 403, 404 and 410 pages of a proxy", NULL,
        "waited out", 1, 8 },
      .rules = { "status#2:status=401,shape=html",
          "status#3:status=403,shape=html", "status#4-5:status=404,shape=html",
          "status#6:status=410,shape=html" } },
  { .row = { "poll", "500 for ever", "timed-out", NULL, 1, 4 },
      .rules = { "status:status=500" },
      .properties = "timeout=2" },
  { .row = { "poll", "connection closed for ever", "timed-out", NULL, 1, 4 },
      .rules = { "status:drop" },
      .properties = "timeout=2" },
  { .row = { "poll", "no answer for ever", "timed-out", NULL, 1, 4 },
      .rules = { "status:stall" },
      .properties = "timeout=2 http-timeout=1" },
  { .row = { "poll", "429 for ever", "rate-limited", NULL, 1, 4 },
      .rules = { "status:status=429" },
      .properties = "timeout=2" },
  { .row = { "poll", "503 with a Retry-After beyond every number", "timed-out",
        NULL, 1, 4 },
      .rules = { "status:status=503,retry-after=99999999999999999999" },
      .properties = "timeout=2" },
  { .row = { "poll", "401", "not-authorized", NULL, 1, 3 },
      .rules = { "status:status=401" } },
  { .row = { "poll", "403", "not-authorized", NULL, 1, 3 },
      .rules = { "status:status=403" } },
  { .row = { "poll", "302 to itself for ever", "timed-out", NULL, 1, 4 },
      .rules = { "status:redirect=/api/generate-video/status" },
      .properties = "timeout=2" },
  { .row = { "poll", "302 to file", "timed-out", NULL, 1, 4 },
      .rules = { "status:redirect=file:///etc/passwd" },
      .properties = "timeout=2" },
  { .row = { "poll", "the job fails", "generation-failed", NULL, 1, 3 },
      .states = "IN_PROGRESS,FAILED" },
  { .row = { "poll", "the job is canceled", "cancelled", NULL, 1, 3 },
      .states = "IN_QUEUE,CANCELLED" },
  { .row = { "poll", "the job fails as NSFW", "content-policy", NULL, 1, 3 },
      .rules = { "submit:states=FAILED,nsfw" } },
  { .row = { "poll", "the job takes too long", "timed-out", NULL, 1, 3 },
      .rules = { "submit:generation-time=100" },
      .properties = "timeout=1" },

  /* Balance and list */
  { .row = { "balance", "500 once", NULL, NULL, 1, 4 },
      .rules = { "balance#1:status=500" },
      .properties = "min-balance=1" },
  { .row = { "balance", "connection closed once", NULL, NULL, 1, 4 },
      .rules = { "balance#1:drop" },
      .properties = "min-balance=1" },
  { .row = { "balance", "429 once, Retry-After of a second", NULL, NULL, 1, 5 },
      .rules = { "balance#1:status=429,retry-after=1" },
      .properties = "min-balance=1" },
  { .row = { "balance", "500 for ever", "server", NULL, 0, 4 },
      .rules = { "balance:status=500" },
      .properties = "min-balance=1 retries=2" },
  { .row = { "balance", "no answer", "network", NULL, 0, 5 },
      .rules = { "balance:stall" },
      .properties = "min-balance=1 retries=1 http-timeout=1" },
  { .row = { "balance", "401", "not-authorized", NULL, 0, 2 },
      .rules = { "balance:status=401" },
      .properties = "min-balance=1" },
  { .row = { "balance", "a web page for ever", "bad-response", NULL, 0, 4 },
      .rules = { "balance:html" },
      .properties = "min-balance=1 retries=2" },
  { .row = { "list", "500 once", NULL, NULL, 1, 4 },
      .rules = { "models#1:status=500" },
      .properties = "max-cost=5" },
  { .row = { "list", "connection closed once", NULL, NULL, 1, 4 },
      .rules = { "models#1:drop" },
      .properties = "max-cost=5" },
  { .row = { "list", "a web page for ever", "over-budget", NULL, 0, 4 },
      .rules = { "models:html" },
      .properties = "max-cost=5 retries=2" },
  { .row = { "list", "no answer", "over-budget", NULL, 0, 5 },
      .rules = { "models:stall" },
      .properties = "max-cost=5 retries=1 http-timeout=1" },

  /* Download: recovered */
  { .row = { "download", "connection closed after 20 kB", NULL, "resumed", 1,
        4 },
      .rules = { "media#1:truncate=20000" } },
  { .row = { "download", "connection closed four times", NULL, "resumed", 1,
        4 },
      .rules = { "media#1-4:truncate=10000" } },
  { .row = { "download", "connection closed before the first byte, twice", NULL,
        NULL, 1, 5 },
      .rules = { "media#1-2:truncate=0" } },
  { .row = { "download", "connection closed instead of an answer, twice", NULL,
        NULL, 1, 5 },
      .rules = { "media#1-2:drop" } },
  { .row = { "download", "connection closed, and no ranges", NULL,
        "what is there is skipped", 1, 4 },
      .rules = { "media#1:truncate=20000,no-ranges" },
      .options = NO_RANGES },
  { .row = { "download", "silence instead of an answer", NULL, NULL, 1, 5 },
      .rules = { "media#1:stall" },
      .properties = "http-timeout=1" },
  { .row = { "download", "500 in the middle", NULL, "resumed", 1, 4 },
      .rules = { "media#1:truncate=20000", "media#2:status=500" } },
  { .row = { "download", "429 with a Retry-After of a second", NULL, NULL, 1,
        5 },
      .rules = { "media#1:status=429,retry-after=1" } },
  { .row = { "download", "416 in the middle", NULL, "resumed", 1, 4 },
      .rules = { "media#1:truncate=20000", "media#2:status=416" } },
  { .row = { "download", "chunked", NULL, NULL, 1, 3 },
      .rules = { "media:no-length" } },
  { .row = { "download", "chunked and cut off", NULL, "resumed", 1, 4 },
      .rules = { "media#1:no-length,truncate=20000" } },
  { .row = { "download", "chunked and cut off, WebM", NULL, "resumed", 1, 4 },
      .rules = { "media#1:no-length,truncate=20000" },
      .options = WEBM },
  { .row = { "download", "chunked and cut off, fragmented MP4", NULL, "resumed",
        1, 4 },
      .rules = { "media#1:no-length,truncate=20000" },
      .options = FRAGMENTED },
  { .row = { "download", "chunked, cut off, and no ranges", NULL,
        "what is there is skipped", 1, 4 },
      .rules = { "media#1:no-length,truncate=20000,no-ranges" },
      .options = NO_RANGES },
  { .row = { "download", "the URL has expired", NULL, "a fresh one", 1, 4 },
      .rules = { "media#1:expire" } },
  { .row = { "download", "the URL expires in the middle", NULL,
        "a fresh one, at the same byte", 1, 4 },
      .rules = { "media#1:truncate=20000", "media#2:expire" } },
  { .row = { "download", "400 with XML: the URL has expired", NULL,
        "a fresh one", 1, 4 },
      .rules = { "media#1:status=400,type=application/xml,body=<Error><Code>"
                 "ExpiredToken</Code></Error>" } },
  { .row = { "download", "400 with XML in the middle", NULL,
        "a fresh URL, at the same byte", 1, 4 },
      .rules = { "media#1:truncate=20000",
          "media#2:status=400,type=application/xml,body=<Error><Code>"
          "AccessDenied</Code></Error>" } },
  { .row = { "download", "403 page of an edge in the middle", NULL,
        "a fresh URL, at the same byte", 1, 4 },
      .rules = { "media#1:truncate=20000", "media#2:status=403,shape=html" } },
  { .row = { "download", "202 and 204 at first", NULL, "asked again", 1, 5 },
      .rules = { "media#1:status=202,body=", "media#2:status=204,body=" } },
  { .row = { "download", "404, 409, 423 and 425 at first", NULL, "asked again",
        1, 9 },
      .rules = { "media#1:status=404", "media#2:status=409",
          "media#3:status=423", "media#4:status=425" },
      .properties = "retries=1" },
  { .row = { "download", "404 once", NULL, "a fresh URL", 1, 4 },
      .rules = { "media#1:status=404" } },
  { .row = { "download", "410 once", NULL, "a fresh URL", 1, 4 },
      .rules = { "media#1:status=410" } },
  { .row = { "download", "401 once", NULL, "a fresh URL", 1, 4 },
      .rules = { "media#1:status=401" } },
  { .row = { "download", "another ETag in the middle", NULL,
        "what is there is compared", 1, 5 },
      .rules = { "media#1:truncate=20000,etag=\"old\"" } },
  { .row = { "download", "a weak ETag, and another one in the middle", NULL,
        "what is there is compared", 1, 5 },
      .rules = { "media#1:truncate=20000,etag=W/\"old\"" } },
  { .row = { "download", "another ETag for each answer, and cut off", NULL,
        "what is there is compared", 1, 6 },
      .rules = { "media#1:truncate=10000,etag=\"a\"",
          "media#2:truncate=20000,etag=W/\"a\"",
          "media#3:truncate=30000,etag=\"b\"" } },
  { .row = { "download", "another file once in the middle", NULL, "a fresh URL",
        1, 5 },
      .rules = { "media#1:truncate=20000",
          "media#2:status=200,body=another" } },
  { .row = { "download", "a relative URL, and a redirect", NULL,
        "the store gets no key", 1, 3 },
      .options = RELATIVE_URL },
  { .row = { "download", "a redirect", NULL, "the store gets no key", 1, 3 },
      .options = REDIRECT },
  { .row = { "download", "another Content-Type", NULL, "its bytes count", 1,
        3 },
      .rules = { "media:type=text/html" } },

  /* Download: fatal */
  { .row = { "download",
        "connection closed at the same byte for ever, no ranges", "network",
        NULL, 1, 4 },
      .rules = { "media:truncate=20000,no-ranges" },
      .properties = "retries=2",
      .options = NO_RANGES },
  { .row = { "download",
        "chunked and cut off at the same byte for ever, no ranges", "network",
        NULL, 1, 4 },
      .rules = { "media:no-length,truncate=20000,no-ranges" },
      .properties = "retries=2",
      .options = NO_RANGES },
  { .row = { "download", "connection closed for ever", "network", NULL, 1, 4 },
      .rules = { "media:drop" },
      .properties = "retries=2" },
  { .row = { "download", "silence for ever", "network", NULL, 1, 5 },
      .rules = { "media:stall" },
      .properties = "retries=1 http-timeout=1" },
  { .row = { "download", "500 for ever", "server", NULL, 1, 4 },
      .rules = { "media:status=500" },
      .properties = "retries=2" },
  { .row = { "download", "429 for ever", "server", NULL, 1, 4 },
      .rules = { "media:status=429,retry-after=0" },
      .properties = "retries=2" },
  { .row = { "download", "403 for ever", "server", NULL, 1, 4 },
      .rules = { "media:status=403" },
      .properties = "retries=2" },
  { .row = { "download", "410 for ever", "server", NULL, 1, 4 },
      .rules = { "media:status=410" },
      .properties = "retries=2" },
  { .row = { "download", "400 for ever", "server", NULL, 1, 4 },
      .rules = { "media:status=400" },
      .properties = "retries=2" },
  { .row = { "download", "404 for ever", "server", NULL, 1, 36 },
      .rules = { "media:status=404" } },
  { .row = { "download", "204 for ever", "bad-response", NULL, 1, 36 },
      .rules = { "media:status=204,body=" } },
  { .row = { "download", "a web page", "bad-response", NULL, 1, 3 },
      .rules = { "media:html" } },
  { .row = { "download", "JSON", "bad-response", NULL, 1, 3 },
      .rules = { "media:status=200,body={\"error\":\"gone\"},type=video/mp4" } },
  { .row = { "download", "an empty file", "bad-response", NULL, 1, 3 },
      .rules = { "media:status=200,body=" } },
  { .row = { "download", "another file in the middle", "bad-response", NULL, 1,
        4 },
      .rules = { "media#1:truncate=20000",
          "media#2-99:status=200,body=another" } },
  { .row = { "download", "larger than max-size", "too-large", NULL, 1, 3 },
      .rules = { "media:huge=200000" },
      .properties = "max-size=100000" },
  { .row = { "download", "chunked and larger than max-size", "too-large", NULL,
        1, 3 },
      .rules = { "media:huge=200000,no-length" },
      .properties = "max-size=100000" },
  { .row = { "download", "302 to a closed port", "network", NULL, 1, 4 },
      .rules = { "media:redirect=http://127.0.0.1:9/" },
      .properties = "retries=1" },
  { .row = { "download", "302 to http elsewhere", "bad-response", NULL, 1, 3 },
      .rules = { "media:redirect=http://192.0.2.1/clip.mp4" } },
  { .row = { "download", "302 to file", "bad-response", NULL, 1, 3 },
      .rules = { "media:redirect=file:///etc/passwd" } },
  { .row = { "download", "302 with userinfo", "bad-response", NULL, 1, 3 },
      .rules = { "media:redirect=https://user:secret@192.0.2.1/" } },
  { .row = { "download", "302 to itself for ever", "bad-response", NULL, 1, 3 },
      .rules = { "media:redirect=?" } },
};

static FixtureMedia
get_media (const Fault *fault)
{
  if (fault->options & WEBM)
    return FIXTURE_MEDIA_WEBM;
  if (fault->options & FRAGMENTED)
    return FIXTURE_MEDIA_MP4_FRAGMENTED;
  return FIXTURE_MEDIA_MP4;
}

static Player *
set_up (const Fault *fault)
{
  g_autofree char *path = fixture_media_path (get_media (fault));
  g_autofree char *state_dir = fixture_make_dir ();
  NanogptSimulatorOptions options;
  Player *player;

  player_options_init (&options);
  options.media_file = path;
  if (fault->states)
    options.states = fault->states;
  options.no_ranges = (fault->options & NO_RANGES) != 0;
  options.no_legacy = (fault->options & NO_LEGACY) != 0;
  options.no_recover = (fault->options & NO_RECOVER) != 0;
  options.relative_url = (fault->options & RELATIVE_URL) != 0;
  options.media_redirect = (fault->options & REDIRECT) != 0;
  player = player_new (&options,
      "nanovidsrc name=source prompt=\"a lighthouse\" state-dir=%s %s "
      "! fakesink sync=false",
      state_dir, fault->properties ? fault->properties : "");
  for (guint i = 0; i < G_N_ELEMENTS (fault->rules) && fault->rules[i]; i++) {
    g_autoptr (GError) error = NULL;

    nanogpt_simulator_add_fault (player->simulator, fault->rules[i], &error);
    g_assert_no_error (error);
  }
  return player;
}

static void
test_fault (gconstpointer data)
{
  const Fault *fault = data;
  g_autoptr (GBytes) clip = fixture_media_bytes (get_media (fault));
  g_autoptr (Player) player = NULL;
  guint requests;

  player = set_up (fault);
  fault_row_play (&fault->row, player, clip);
  g_assert_cmpuint (nanogpt_simulator_count_charges (player->simulator), ==,
      fault->row.charges);
  g_assert_cmpuint (
      nanogpt_simulator_count_key_leaks (player->simulator), ==, 0);
  /* With poll-interval, a poll every 20 ms is the fastest possible. */
  requests = nanogpt_simulator_count_requests (
      player->simulator, NANOGPT_SIMULATOR_ANY);
  g_test_message ("%u requests", requests);
  g_assert_cmpuint (requests, <=, 60);
}

int
main (int argc, char **argv)
{
  if (argc > 1 && g_str_equal (argv[1], "--print")) {
    fault_row_print_head ();
    for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
      fault_row_print (&faults[i].row, faults[i].properties);
    return 0;
  }
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autofree char *path = fault_row_get_test_path (&faults[i].row);

    g_test_add_data_func (path, &faults[i], test_fault);
  }
  return g_test_run ();
}
