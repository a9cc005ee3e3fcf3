/* nanovid: nanovid-jobs balance: the balance of the account
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "command.h"

G_BEGIN_DECLS

Status command_balance (const Options *options);

G_END_DECLS
