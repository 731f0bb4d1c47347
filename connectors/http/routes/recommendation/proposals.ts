/** Reads the proposals of an organisation from the read model. */
import type { Filter, ReadModels } from '../../../../projections/runtime/ports.ts';
import {
  compareProposals,
  proposalColumns,
  proposalOf,
} from '../../../../projections/recommendation/outputs/proposal.ts';
import type {
  EngineChoice,
  Proposal,
  TermChoice,
} from '../../../../projections/recommendation/outputs/proposal.ts';
import { isAtLeast } from '../../../../projections/recommendation/outputs/severity.ts';
import type { Severity } from '../../../../projections/recommendation/outputs/severity.ts';

/** Which proposals. */
export interface ProposalQuery {
  readonly org: string;
  readonly engine: EngineChoice;
  /** Absent: for each container the longest that has advice. */
  readonly term?: TermChoice | undefined;
  /** Only what is at least so severe. */
  readonly least?: Severity | undefined;
  readonly where?: readonly Filter[];
  /** Containers that are read at most. */
  readonly most: number;
}

/** What was found; `complete` is false when there is more than was read. */
export interface Found {
  readonly proposals: readonly Proposal[];
  readonly complete: boolean;
}

/** Rows that are held at once; their documents are large. */
const PAGE = 500;

/** Sorted by what they are of. Conditions that do not fit the table: BadInput, as the read models say. */
export async function findProposals(
  readModels: Pick<ReadModels, 'select'>,
  { org, engine, term, least, most, where = [] }: ProposalQuery,
): Promise<Found> {
  const proposals: Proposal[] = [];
  const page = {
    table: 'recommendations',
    org,
    where: [{ column: 'kind', op: 'eq', value: 'container' } as const, ...where],
    columns: proposalColumns,
  };
  let last: string | undefined;
  let complete = false;
  for (let read = 0; read < most && !complete;) {
    const limit = Math.min(PAGE, most - read);
    const rows = await readModels.select({
      ...page,
      limit,
      ...(last === undefined ? {} : { after: [last] }),
    });
    for (const row of rows) {
      const proposal = proposalOf(row, engine, term);
      if (least === undefined || isAtLeast(proposal, least)) proposals.push(proposal);
    }
    read += rows.length;
    last = rows.at(-1)?.['recommendation_id'] as string | undefined;
    complete = rows.length < limit;
  }
  return { proposals: proposals.sort(compareProposals), complete };
}
