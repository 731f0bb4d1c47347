import tseslint from 'typescript-eslint';

/** What a pure handler must not reach for: clock, random, network, files, process. */
const impure = [
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'Time reaches handlers as events.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Time reaches handlers as events.',
  },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Handlers are deterministic.',
  },
];
const impureGlobals = [
  'process',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'performance',
  'crypto',
];
const impureModules = [
  'fs',
  'net',
  'http',
  'https',
  'child_process',
  'os',
  'dns',
  'worker_threads',
  'timers',
];

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'coverage/**',
      'schemas/generated/**',
      'connectors/http/dashboard/assets/**',
      '*.mjs',
    ],
  },
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' },
      ],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['streams/**/*.ts', 'projections/**/*.ts', 'schemas/codec/**/*.ts'],
    ignores: ['streams/runtime/**', 'projections/runtime/**'],
    rules: {
      'no-restricted-syntax': ['error', ...impure],
      'no-restricted-globals': ['error', ...impureGlobals],
      'no-restricted-imports': ['error', { paths: impureModules.flatMap((m) => [m, `node:${m}`]) }],
    },
  },
  {
    files: ['connectors/**/*.ts'],
    ignores: ['connectors/cli/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only the command line reads the environment.' },
      ],
    },
  },
  { files: ['test/**/*.ts', 'connectors/cli/**/*.ts', 'schemas/codegen.ts'], rules: { 'no-console': 'off' } },
);
