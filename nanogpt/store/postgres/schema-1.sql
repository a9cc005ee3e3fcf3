-- nanovid: journal, ledger and history in a database, version 1
-- Copyright (C) 2026 the nanovid authors
-- SPDX-License-Identifier: LGPL-2.1-or-later

-- Amounts are millionths of their unit, intervals microseconds.  Every function
-- that changes something is one transaction, and may be called again with the
-- same arguments, as often as it takes to learn that it was done: ids are the
-- client's, and so are the numbers of the steps of an entry.

CREATE TABLE nanovid.version (version integer NOT NULL);
CREATE UNIQUE INDEX version_is_one_row ON nanovid.version ((true));
INSERT INTO nanovid.version VALUES (1);

-- The budget of a day, of a service, and those of any hour, each of one spender.
-- A row is locked while something is reserved.  How much may be spent is for
-- whoever spends to say.
CREATE TABLE nanovid.budget (
  origin text NOT NULL,
  spender text NOT NULL, -- '' for the budget of a day
  PRIMARY KEY (origin, spender)
);

-- The ledger: what a job costs, or may cost as long as nobody knows.
CREATE TABLE nanovid.cost (
  id uuid PRIMARY KEY,
  origin text NOT NULL,
  spender text,
  model text,
  day date NOT NULL, -- in UTC
  state text NOT NULL CHECK (state IN ('held', 'spent')),
  amount bigint CHECK (amount >= 0), -- NULL when unknown
  currency text NOT NULL,
  run_id text,
  written timestamptz NOT NULL
);
CREATE INDEX cost_by_day ON nanovid.cost (origin, day, state);
CREATE INDEX cost_by_time ON nanovid.cost (origin, spender, written)
  WHERE spender IS NOT NULL;

-- The journal.  Whoever has an entry has it until `lease`; each time that
-- somebody takes it, its epoch grows.
CREATE TABLE nanovid.entry (
  id uuid PRIMARY KEY,
  origin text NOT NULL,
  account text NOT NULL,
  digest text NOT NULL,
  number bigint, -- of several equal requests, NULL where it does not matter
  model text,
  prompt text,
  conversation text,
  state text NOT NULL
    CHECK (state IN ('intent', 'sending', 'accepted', 'delivered')),
  run_id text,
  currency text,
  charged bigint CHECK (charged >= 0),
  cost uuid UNIQUE REFERENCES nanovid.cost ON DELETE SET NULL,
  created timestamptz NOT NULL,
  dated bigint NOT NULL DEFAULT 0,
  sent timestamptz,
  patience bigint NOT NULL DEFAULT 0,
  lasted bigint NOT NULL DEFAULT 0,
  abandoned boolean NOT NULL DEFAULT false,
  owner uuid,
  process text NOT NULL, -- of the last owner
  sender text, -- the process that sent, or was about to
  epoch bigint NOT NULL CHECK (epoch > 0),
  step bigint NOT NULL CHECK (step > 0),
  lease timestamptz,
  CHECK ((owner IS NULL) = (lease IS NULL)),
  CHECK ((run_id IS NOT NULL) = (state IN ('accepted', 'delivered'))),
  CHECK (state = 'intent' OR sent IS NOT NULL),
  UNIQUE (origin, account, run_id)
);
CREATE INDEX entry_by_request ON nanovid.entry (digest, account, origin);
CREATE INDEX entry_by_age ON nanovid.entry (created) WHERE state = 'delivered';

-- How long jobs took, and what the last one cost.
CREATE TABLE nanovid.duration (
  origin text NOT NULL,
  model text NOT NULL,
  kind text NOT NULL,
  seconds double precision NOT NULL CHECK (seconds >= 0),
  written timestamptz NOT NULL
);
CREATE INDEX duration_by_kind ON nanovid.duration (origin, kind, written);
CREATE INDEX duration_by_model ON nanovid.duration (origin, model, written);
CREATE TABLE nanovid.price (
  origin text NOT NULL,
  kind text NOT NULL,
  amount bigint NOT NULL CHECK (amount >= 0),
  currency text,
  written timestamptz NOT NULL,
  PRIMARY KEY (origin, kind)
);

CREATE FUNCTION nanovid.check_owner () RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.epoch < OLD.epoch OR (NEW.epoch = OLD.epoch AND NEW.step < OLD.step)
     OR (NEW.owner IS NOT NULL AND NEW.owner IS DISTINCT FROM OLD.owner
       AND NEW.epoch = OLD.epoch) THEN
    RAISE EXCEPTION 'entry % cannot go back, nor have two owners in one epoch',
      OLD.id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_owner BEFORE UPDATE ON nanovid.entry
  FOR EACH ROW EXECUTE FUNCTION nanovid.check_owner ();

CREATE FUNCTION nanovid.to_interval (microseconds bigint) RETURNS interval
LANGUAGE sql IMMUTABLE AS $$
  SELECT microseconds * interval '1 microsecond'
$$;

CREATE FUNCTION nanovid.since (moment timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE AS $$
  SELECT (extract (epoch FROM clock_timestamp () - moment) * 1000000)::bigint
$$;

-- What counts: an intent reserves for as long as somebody has it.  Of a day's
-- thousands that were spent no entry is looked at.
CREATE VIEW nanovid.counted AS
  SELECT * FROM nanovid.cost WHERE state = 'spent'
  UNION ALL
  SELECT * FROM nanovid.cost c
    WHERE state = 'held' AND NOT EXISTS (SELECT FROM nanovid.entry e
      WHERE e.cost = c.id AND e.state = 'intent'
        AND (e.lease IS NULL OR e.lease <= clock_timestamp ()));

-- Of what counts in the hour that ends now: when it no longer will.  Of a
-- reservation nobody knows when it will have been charged.
CREATE FUNCTION nanovid.list_hour (of_origin text, of_spender text)
RETURNS TABLE (id uuid, state text, amount bigint, currency text,
  ends timestamptz)
LANGUAGE sql VOLATILE AS $$
  SELECT id, state, amount, currency, ends FROM (
    SELECT id, state, amount, currency, written
      + CASE state WHEN 'held' THEN interval '2 hours' ELSE interval '1 hour' END
      AS ends
    FROM nanovid.counted
    WHERE origin = of_origin AND spender = of_spender
      AND written > now () - interval '2 hours') counted
  WHERE ends > clock_timestamp ()
$$;

-- Returns: '' when there is room, else what is in the way, with the sums
CREATE FUNCTION nanovid.check_day (of_origin text, but_for uuid,
  estimate bigint, budget bigint,
  OUT verdict text, OUT spent bigint, OUT held bigint, OUT other text)
LANGUAGE plpgsql AS $$
DECLARE
  is_unknown boolean;
  today date := (clock_timestamp () AT TIME ZONE 'UTC')::date;
BEGIN
  SELECT coalesce (sum (amount) FILTER (WHERE state = 'spent'
        AND upper (currency) = 'USD'), 0),
      coalesce (sum (amount) FILTER (WHERE state = 'held'), 0),
      max (currency) FILTER (WHERE state = 'spent'
        AND upper (currency) <> 'USD' AND coalesce (amount, 1) > 0),
      coalesce (bool_or (state = 'spent' AND amount IS NULL), false)
    INTO spent, held, other, is_unknown
    FROM nanovid.counted
    WHERE origin = of_origin AND id IS DISTINCT FROM but_for AND day = today;
  verdict := CASE
    WHEN other IS NOT NULL THEN 'day-currency'
    WHEN is_unknown THEN 'day-unknown'
    WHEN estimate IS NULL THEN 'day-estimate'
    WHEN spent + held + estimate > budget THEN 'day-excess'
    ELSE '' END;
END $$;

-- The same, and in how many microseconds there is going to be room
CREATE FUNCTION nanovid.check_hour (of_origin text, of_spender text,
  but_for uuid, estimate bigint, budget bigint,
  OUT verdict text, OUT spent bigint, OUT held bigint, OUT other text,
  OUT wait bigint)
LANGUAGE plpgsql AS $$
DECLARE
  is_unknown boolean;
  uncountable_until timestamptz;
  room_from timestamptz;
BEGIN
  SELECT coalesce (sum (amount) FILTER (WHERE state = 'spent'
        AND upper (currency) = 'USD'), 0),
      coalesce (sum (amount) FILTER (WHERE state = 'held'), 0),
      max (currency) FILTER (WHERE state = 'spent'
        AND upper (currency) <> 'USD' AND coalesce (amount, 1) > 0),
      coalesce (bool_or (state = 'spent' AND amount IS NULL), false),
      max (ends) FILTER (WHERE state = 'spent' AND (amount IS NULL
        OR (upper (currency) <> 'USD' AND amount > 0)))
    INTO spent, held, other, is_unknown, uncountable_until
    FROM nanovid.list_hour (of_origin, of_spender)
    WHERE id IS DISTINCT FROM but_for;
  verdict := CASE
    WHEN estimate IS NULL THEN 'hour-estimate'
    WHEN other IS NOT NULL THEN 'hour-currency'
    WHEN is_unknown THEN 'hour-unknown'
    WHEN spent + held + estimate > budget THEN 'hour-excess'
    ELSE '' END;
  IF verdict IN ('', 'hour-estimate') THEN RETURN; END IF;
  SELECT min (ends) INTO room_from FROM (
      SELECT ends, spent + held - sum (CASE WHEN state = 'held'
        OR upper (currency) = 'USD' THEN coalesce (amount, 0) ELSE 0 END)
        OVER (ORDER BY ends) AS rest
      FROM nanovid.list_hour (of_origin, of_spender)
      WHERE id IS DISTINCT FROM but_for) items
    WHERE rest + estimate <= budget
      AND (uncountable_until IS NULL OR ends >= uncountable_until);
  wait := - nanovid.since (room_from);
END $$;

CREATE TYPE nanovid.request AS (
  origin text,
  account text,
  digest text,
  number bigint,
  model text,
  prompt text,
  conversation text,
  spender text,
  daily_budget bigint,
  hourly_budget bigint
);

-- Writes an intent and what it reserves, in a new entry for epoch 1, else in
-- the one that is held.
-- Returns: the verdict: 'ok', 'lost', or what is in the way of a budget
CREATE FUNCTION nanovid.begin (of_entry uuid, of_epoch bigint, of_step bigint,
  of_owner uuid, of_process text, length bigint, wanted nanovid.request,
  is_new boolean, is_abandoned boolean, of_cost uuid, estimate bigint,
  OUT verdict text, OUT spent bigint, OUT held bigint, OUT other text,
  OUT wait bigint)
LANGUAGE plpgsql AS $$
DECLARE
  e nanovid.entry;
  moment timestamptz;
BEGIN
  INSERT INTO nanovid.budget VALUES (wanted.origin, '')
    ON CONFLICT DO NOTHING;
  PERFORM 1 FROM nanovid.budget
    WHERE origin = wanted.origin AND spender = '' FOR UPDATE;
  IF wanted.spender IS NOT NULL THEN
    INSERT INTO nanovid.budget VALUES (wanted.origin, wanted.spender)
      ON CONFLICT DO NOTHING;
    PERFORM 1 FROM nanovid.budget
      WHERE origin = wanted.origin AND spender = wanted.spender FOR UPDATE;
  END IF;

  SELECT * INTO e FROM nanovid.entry WHERE id = of_entry FOR UPDATE;
  IF FOUND AND e.epoch = of_epoch AND e.step >= of_step THEN
    verdict := 'ok';
    RETURN;
  END IF;
  IF (e.id IS NULL) <> is_new OR (NOT is_new AND (e.epoch <> of_epoch
      OR e.owner IS DISTINCT FROM of_owner
      OR e.state NOT IN ('intent', 'sending')
      OR (e.state = 'intent' AND e.lease <= clock_timestamp ()))) THEN
    verdict := 'lost';
    RETURN;
  END IF;
  IF wanted.daily_budget > 0 THEN
    SELECT d.verdict, d.spent, d.held, d.other
      INTO verdict, spent, held, other
      FROM nanovid.check_day (wanted.origin, e.cost, estimate,
        wanted.daily_budget) d;
    IF verdict <> '' THEN RETURN; END IF;
  END IF;
  IF wanted.hourly_budget > 0 THEN
    SELECT h.verdict, h.spent, h.held, h.other, h.wait
      INTO verdict, spent, held, other, wait
      FROM nanovid.check_hour (wanted.origin, wanted.spender, e.cost, estimate,
        wanted.hourly_budget) h;
    IF verdict <> '' THEN RETURN; END IF;
  END IF;

  moment := clock_timestamp ();
  INSERT INTO nanovid.cost VALUES (of_cost, wanted.origin, wanted.spender,
    wanted.model, (moment AT TIME ZONE 'UTC')::date, 'held', estimate, 'USD', NULL,
    moment);
  IF is_new THEN
    INSERT INTO nanovid.entry (id, origin, account, digest, number, model,
        prompt, conversation, state, cost, created, abandoned, owner, process, epoch,
        step, lease)
      VALUES (of_entry, wanted.origin, wanted.account, wanted.digest,
        wanted.number, wanted.model, wanted.prompt, wanted.conversation, 'intent', of_cost, moment,
        is_abandoned, of_owner, of_process, of_epoch, of_step,
        moment + nanovid.to_interval (length));
    DELETE FROM nanovid.entry
      WHERE state = 'delivered' AND created < moment - interval '7 days';
  ELSE
    UPDATE nanovid.entry SET state = 'intent', cost = of_cost, step = of_step,
        abandoned = is_abandoned, lease = moment + nanovid.to_interval (length)
      WHERE id = of_entry;
    DELETE FROM nanovid.cost WHERE id = e.cost AND state = 'held';
  END IF;
  verdict := 'ok';
END $$;

-- Writes that the submit is about to leave, and renews the lease.  A lease that
-- ran out no longer reserves anything: the budget is locked, so that nobody counts
-- while this is decided.
CREATE FUNCTION nanovid.send (of_entry uuid, of_epoch bigint, of_step bigint,
  of_origin text, length bigint, of_patience bigint, is_abandoned boolean,
  OUT verdict text)
LANGUAGE plpgsql AS $$
DECLARE
  e nanovid.entry;
  moment timestamptz;
BEGIN
  PERFORM 1 FROM nanovid.budget
    WHERE origin = of_origin AND spender = '' FOR SHARE;
  SELECT * INTO e FROM nanovid.entry WHERE id = of_entry FOR UPDATE;
  moment := clock_timestamp ();
  IF e.epoch = of_epoch AND e.step >= of_step THEN
    verdict := 'ok';
  ELSIF e.epoch = of_epoch AND e.state = 'intent' AND e.lease > moment THEN
    UPDATE nanovid.entry SET state = 'sending', sent = moment, lasted = 0,
        sender = process,
        patience = of_patience, step = of_step, abandoned = is_abandoned,
        lease = moment + nanovid.to_interval (length)
      WHERE id = of_entry;
    verdict := 'ok';
  ELSE
    verdict := 'lost';
  END IF;
END $$;

-- Writes what became of a job: `to_state` and what is known of it, what becomes
-- of its cost ('spent', 'void', or NULL for nothing new), and whether it is let
-- go of, or removed.  An id that came too late for the epoch is written all the same
-- where nobody has the entry, for it is true.
-- Returns: 'ok', or 'lost'
CREATE FUNCTION nanovid.write (of_entry uuid, of_epoch bigint, of_step bigint,
  to_state text, of_run text, of_model text, of_currency text, of_charge bigint,
  of_date bigint, of_lasted bigint, is_abandoned boolean, of_cost uuid,
  cost_state text, lets_go boolean, removes boolean, OUT verdict text)
LANGUAGE plpgsql AS $$
DECLARE
  e nanovid.entry;
  is_ours boolean;
BEGIN
  SELECT * INTO e FROM nanovid.entry WHERE id = of_entry FOR UPDATE;
  IF NOT FOUND THEN
    verdict := CASE WHEN removes THEN 'ok' ELSE 'lost' END;
    RETURN;
  END IF;
  is_ours := e.epoch = of_epoch;
  verdict := CASE WHEN is_ours THEN 'ok' ELSE 'lost' END;
  IF is_ours AND e.step >= of_step THEN RETURN; END IF;
  IF NOT is_ours AND NOT (of_run IS NOT NULL AND e.state = 'sending'
      AND e.cost = of_cost
      AND (e.lease IS NULL OR e.lease <= clock_timestamp ())) THEN
    RETURN;
  END IF;

  IF cost_state = 'spent' THEN
    UPDATE nanovid.cost SET amount = coalesce (of_charge, amount),
        currency = CASE WHEN of_charge IS NULL THEN currency
          ELSE coalesce (of_currency, 'USD') END,
        run_id = of_run, state = 'spent',
        -- What the clip has cost in the end was charged with the submit.
        written = CASE state WHEN 'spent' THEN written ELSE clock_timestamp () END
      WHERE id = e.cost;
  ELSIF cost_state = 'void' THEN
    DELETE FROM nanovid.cost WHERE id = e.cost AND state = 'held';
  END IF;
  IF removes AND is_ours THEN
    DELETE FROM nanovid.entry WHERE id = of_entry;
    RETURN;
  END IF;
  UPDATE nanovid.entry SET state = CASE WHEN is_ours THEN to_state
        ELSE 'accepted' END,
      run_id = of_run, model = coalesce (model, of_model),
      currency = of_currency, charged = of_charge, dated = of_date,
      lasted = of_lasted,
      step = CASE WHEN is_ours THEN of_step ELSE step END,
      abandoned = is_abandoned,
      owner = CASE WHEN lets_go AND is_ours THEN NULL ELSE owner END,
      lease = CASE WHEN lets_go AND is_ours THEN NULL ELSE lease END
    WHERE id = of_entry;
END $$;

-- Takes an entry that nobody has any more, or whose owner is known to be gone.
-- What an intent has reserved goes: it may be somebody else's by now, and whoever
-- takes it reserves anew.
CREATE FUNCTION nanovid.take (of_entry uuid, of_epoch bigint, of_owner uuid,
  of_process text, length bigint, is_gone text, is_abandoned boolean)
RETURNS SETOF nanovid.entry
LANGUAGE sql VOLATILE AS $$
  WITH taken AS (
    UPDATE nanovid.entry SET
        epoch = CASE WHEN owner = of_owner THEN epoch ELSE epoch + 1 END,
        step = CASE WHEN owner = of_owner THEN step ELSE 1 END,
        lasted = CASE WHEN state = 'sending' AND lasted = 0
          THEN CASE patience WHEN 0 THEN 3600000000 ELSE patience END
          ELSE lasted END,
        owner = of_owner, process = of_process, abandoned = is_abandoned,
        lease = clock_timestamp () + nanovid.to_interval (length)
      WHERE id = of_entry AND (owner = of_owner OR (epoch = of_epoch
        AND (lease IS NULL OR lease <= clock_timestamp ()
          OR process = is_gone)))
      RETURNING *),
    void AS (
      DELETE FROM nanovid.cost c USING taken
        WHERE c.id = taken.cost AND c.state = 'held'
          AND taken.state = 'intent')
  SELECT * FROM taken
$$;

-- Returns: those of the entries that are still had by these owners.  What an
-- intent has reserved is gone with its lease: the budgets are locked, so that
-- nobody counts while this is decided.
CREATE FUNCTION nanovid.renew (entries uuid[], owners uuid[], length bigint)
RETURNS SETOF uuid
LANGUAGE sql VOLATILE AS $$
  SELECT 1 FROM nanovid.budget
    WHERE spender = '' AND origin IN (
      SELECT origin FROM nanovid.entry WHERE id = ANY (entries))
    FOR SHARE;
  UPDATE nanovid.entry e SET
      lease = clock_timestamp () + nanovid.to_interval (length)
    FROM unnest (entries, owners) AS held (id, owner)
    WHERE e.id = held.id AND e.owner = held.owner
      AND (e.state <> 'intent' OR e.lease > clock_timestamp ())
    RETURNING e.id
$$;

CREATE FUNCTION nanovid.remember (of_origin text, of_kind text,
  of_seconds double precision, of_charge bigint, of_currency text)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF of_seconds > 0 THEN
    INSERT INTO nanovid.duration VALUES (of_origin, split_part (of_kind, ' ', 1),
      of_kind, of_seconds, clock_timestamp ());
    DELETE FROM nanovid.duration
      WHERE origin = of_origin AND kind = of_kind AND written < (
        SELECT written FROM nanovid.duration
        WHERE origin = of_origin AND kind = of_kind
        ORDER BY written DESC OFFSET 199 LIMIT 1);
  END IF;
  IF of_charge IS NOT NULL THEN
    INSERT INTO nanovid.price
      VALUES (of_origin, of_kind, of_charge, of_currency, clock_timestamp ())
      ON CONFLICT (origin, kind) DO UPDATE SET amount = of_charge,
        currency = of_currency, written = clock_timestamp ();
  END IF;
END $$;
