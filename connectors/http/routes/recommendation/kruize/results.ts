/** POST /updateResults: up to 100 records; good ones are saved when others fail. */
import type { FastifyInstance } from 'fastify';
import { experimentKey } from '../../../../../projections/recommendation/kruize/identity.ts';
import type { RecordOutcome } from '../../../../../schemas/generated/events.ts';
import { topics } from '../../../../../schemas/topics.ts';
import { ask } from '../../../ask.ts';
import type { HttpDeps } from '../../../deps.ts';
import { parseBody, UNREADABLE } from './body.ts';
import { envelope, send } from './envelope.ts';
import { EXPERIMENT_ANSWERS } from './experiments.ts';
import { readResults, wishesOf } from './read-results.ts';
import type { SentRecord } from './read-results.ts';

type Failure = Pick<RecordOutcome, 'index' | 'message' | 'http_status'>;

/** Adds the route. */
export function resultRoutes(scope: FastifyInstance, deps: HttpDeps): void {
  scope.post(
    '/updateResults',
    { schema: { tags: ['recommendation'], summary: 'Kruize: post results of experiments, up to 100' } },
    async (request, reply) => {
      const records = readResults(parseBody(request.body, UNREADABLE));
      const { org } = request.caller;
      const byExperiment = new Map<string | null, SentRecord[]>();
      for (const record of records) {
        const own = byExperiment.get(record.experiment);
        if (own === undefined) byExperiment.set(record.experiment, [record]);
        else own.push(record);
      }
      const events = [...byExperiment].flatMap(([name, own]) =>
        name === null
          ? []
          : wishesOf(org, name, own).map((data) => ({
              topic: topics.experiments,
              key: experimentKey(org, name),
              type: 'ResultsPosted' as const,
              data,
            })),
      );
      const answers = await ask(deps, request, { events, answers: EXPERIMENT_ANSWERS });
      const failures = [
        ...(byExperiment.get(null) ?? []).map(nameless),
        ...answers.flatMap((answer) => answer['refused'] as Failure[]),
      ].sort((a, b) => a.index - b.index);
      if (failures.length === 0) {
        return send(reply, 201, 'Results added successfully! View saved results at /listExperiments.');
      }
      const message = `Out of a total of ${records.length} records, ${failures.length} failed to save`;
      return send(
        reply,
        400,
        message,
        failures.map((failure) => shown(records[failure.index]!, failure)),
      );
    },
  );
}

function nameless({ record }: SentRecord): Failure {
  const message = 'Not Found: experiment_name does not exist: null';
  return { index: record.index, http_status: 400, message };
}

/** A record with why it was not saved. */
function shown({ experiment, record }: SentRecord, { message, http_status: status }: Failure): object {
  const time = (at: number | null): string | undefined =>
    at === null ? undefined : new Date(at).toISOString();
  return {
    version: record.version ?? undefined,
    experiment_name: experiment ?? undefined,
    interval_start_time: time(record.interval_start),
    interval_end_time: time(record.interval_end),
    errors: [envelope(status, message)],
  };
}
