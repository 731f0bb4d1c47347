/** The units of this system, as topology.yaml names them. */
import deadLetters from '../../projections/operations/dead-letters.projection.ts';
import retention from '../../projections/operations/retention.projection.ts';
import uploads from '../../projections/intake/uploads.projection.ts';
import placement from '../../projections/placement/placement.projection.ts';
import resizing from '../../projections/placement/resizing.projection.ts';
import enginePolicies from '../../projections/recommendation/engine-policies.projection.ts';
import experiments from '../../projections/recommendation/experiments.projection.ts';
import performanceProfiles from '../../projections/recommendation/performance-profiles.projection.ts';
import recommendations from '../../projections/recommendation/recommendations.projection.ts';
import type { Units } from '../../projections/runtime/pipeline.ts';
import openUploads from '../../streams/intake/open-uploads.stream.ts';
import applyPolicies from '../../streams/recommendation/apply-policies.stream.ts';
import adviseResizes from '../../streams/placement/advise-resizes.stream.ts';
import readUsageReports from '../../streams/usage/read-usage-reports.stream.ts';

/** Streams and projections. */
export const units: Units = {
  streams: [openUploads, readUsageReports, applyPolicies, adviseResizes],
  projections: [
    uploads,
    recommendations,
    enginePolicies,
    experiments,
    performanceProfiles,
    placement,
    resizing,
    retention,
    deadLetters,
  ],
};
