/** What is advised, for sheets, people, chats and Prometheus: `rightstream report` over HTTP. */
import type { FastifyInstance } from 'fastify';
import type { Filter } from '../../../../projections/runtime/ports.ts';
import { driftText } from '../../../../projections/recommendation/outputs/drift.ts';
import { htmlReport } from '../../../../projections/recommendation/outputs/html.ts';
import { krrColumns, krrRow } from '../../../../projections/recommendation/outputs/krr-csv.ts';
import { engineChoices, termChoices } from '../../../../projections/recommendation/outputs/proposal.ts';
import type {
  EngineChoice,
  Proposal,
  TermChoice,
} from '../../../../projections/recommendation/outputs/proposal.ts';
import { severities } from '../../../../projections/recommendation/outputs/severity.ts';
import type { Severity } from '../../../../projections/recommendation/outputs/severity.ts';
import { messageText } from '../../../../projections/recommendation/outputs/summary.ts';
import { csvLine } from '../../csv.ts';
import type { HttpDeps } from '../../deps.ts';
import { reachFilters } from '../../reach.ts';
import { findProposals } from './proposals.ts';

const types = {
  csv: 'text/csv; charset=utf-8',
  html: 'text/html; charset=utf-8',
  message: 'text/plain; charset=utf-8',
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
} as const;
type Format = keyof typeof types;
const formats = Object.keys(types) as Format[];

/** The page has a style and nothing else. */
const CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'";
/** Containers of one report. */
const MOST = 10_000;

interface ReportQuery {
  readonly format: Format;
  readonly engine: EngineChoice;
  readonly term?: TermChoice;
  readonly least?: Severity;
  readonly cluster?: string;
  readonly project?: string;
}

/** Adds the report. */
export function reportRoute(app: FastifyInstance, deps: HttpDeps): void {
  app.get<{ Querystring: ReportQuery }>(
    '/api/rightstream/v1/report',
    {
      config: { reach: 'scoped' },
      schema: {
        tags: ['recommendation'],
        summary:
          'What is advised per container: CSV as KRR has it, a page with plots, a chat message, or gauges for Prometheus',
        querystring: {
          type: 'object',
          properties: {
            format: { type: 'string', enum: formats, default: 'html' },
            engine: { type: 'string', enum: [...engineChoices], default: 'policy' },
            term: {
              type: 'string',
              enum: [...termChoices],
              description: 'Absent: for each container the longest that has advice.',
            },
            least: { type: 'string', enum: [...severities], description: 'Only what is at least so severe.' },
            cluster: { type: 'string', maxLength: 255, description: 'Exact id of a cluster.' },
            project: { type: 'string', maxLength: 255, description: 'Exact namespace.' },
          },
        },
        produces: Object.values(types),
      },
    },
    async ({ query, caller }, reply) => {
      const { format, engine, term, least } = query;
      const where = [...filtersOf(query), ...reachFilters(caller.reach)];
      const { proposals, complete } = await findProposals(deps.readModels, {
        ...{ org: caller.org, engine, term, least, where, most: MOST },
      });
      if (!complete) void reply.header('x-rightstream-incomplete', `the first ${MOST} containers by id`);
      if (format === 'html') void reply.header('content-security-policy', CONTENT_POLICY);
      return reply.type(types[format]).send(textOf(format, proposals, caller.org));
    },
  );
}

function filtersOf({ cluster, project }: ReportQuery): Filter[] {
  return [
    ...(cluster === undefined ? [] : [{ column: 'cluster_id', op: 'eq', value: cluster } as const]),
    ...(project === undefined ? [] : [{ column: 'namespace', op: 'eq', value: project } as const]),
  ];
}

function textOf(format: Format, proposals: readonly Proposal[], org: string): string {
  switch (format) {
    case 'csv': {
      const rows = proposals.map((proposal) => {
        const row = krrRow(proposal);
        return krrColumns.map((column) => row[column]);
      });
      return [krrColumns, ...rows].map(csvLine).join('');
    }
    case 'html':
      return htmlReport(proposals, `Right-sizing of ${org}`);
    case 'message':
      return messageText(proposals);
    case 'prometheus':
      return driftText(proposals);
  }
}
