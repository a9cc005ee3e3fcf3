/* nanovid: one prompt of a film: a text or a picture, with options of its own
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidprompt.h"

GstNanovidPrompt *
gst_nanovid_prompt_new (void)
{
  return g_new0 (GstNanovidPrompt, 1);
}

void
gst_nanovid_prompt_free (GstNanovidPrompt *self)
{
  if (!self)
    return;

  g_free (self->text);
  gst_clear_structure (&self->options);
  g_clear_pointer (&self->sample, gst_sample_unref);
  g_clear_error (&self->error);
  g_free (self);
}
