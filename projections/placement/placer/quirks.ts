/** What the upstream placer does that ours does not, each by a name of its own; for comparing decisions with it. */

/** true: as upstream. */
export interface Quirks {
  /** One accelerator type that fits is enough, also one of which 0 is needed; a service that names none fits nowhere. */
  readonly anyAccelerator: boolean;
  /** A need that equals what is left of a device does not fit. */
  readonly strictAccelerator: boolean;
  /** Needs beyond the cores of a node are forgotten. */
  readonly coresCut: boolean;
  /** The emptiest core gets the largest need, whatever fits better later. */
  readonly coresSorted: boolean;
  /** Every device of the type that has room is charged, not one. */
  readonly everyDeviceCharged: boolean;
  /** A node that the replica would fill to the last bit is not taken. */
  readonly scoreAboveZero: boolean;
  /** Services with priority are never served. */
  readonly priorityStarves: boolean;
}

/** Ours. */
export const noQuirks: Quirks = {
  anyAccelerator: false,
  strictAccelerator: false,
  coresCut: false,
  coresSorted: false,
  everyDeviceCharged: false,
  scoreAboveZero: false,
  priorityStarves: false,
};

/** Upstream's. */
export const upstreamQuirks: Quirks = {
  anyAccelerator: true,
  strictAccelerator: true,
  coresCut: true,
  coresSorted: true,
  everyDeviceCharged: true,
  scoreAboveZero: true,
  priorityStarves: true,
};
