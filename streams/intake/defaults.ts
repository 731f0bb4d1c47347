/** Who a bare CSV file belongs to when the sender does not say; archives say it in their manifest. */

/** Cluster of files that name none. */
export const defaultClusterId = '00000000-0000-0000-0000-000000000000';

/** Name of {@link defaultClusterId} for people. */
export const defaultClusterAlias = 'default';

/** Source of uploads that name none. */
export const defaultSourceId = 'local';
