/** Versions of the servers that are tested with; folders of the cache and tags of images are named by them. */
export const VERSIONS = {
  kafka: '4.3.1',
  apicurio: '2.6.13.Final',
  seaweedfs: '4.48',
  kubernetes: '1.37.2',
  kwok: '0.8.0',
} as const;
