import { describe, expect, test } from 'vitest';
import { kindOf } from '../../../collectors/repository-vendors/kinds.ts';
import type { Use } from '../../../collectors/repository-vendors/readers/seen.ts';

/** What a file of this path and text gives, as `use kind value`. */
function read(path: string, text: string, use?: Use): string[] {
  return [...(kindOf(path)?.reader(text, path) ?? [])]
    .filter((seen) => use === undefined || seen.use === use)
    .map((seen) => `${seen.use} ${seen.kind} ${seen.value}`);
}

describe('npm', () => {
  test('a manifest: what runs, what develops, and what an alias stands for', () => {
    const manifest = {
      dependencies: { stripe: '^17', pay: 'npm:@paypal/sdk@1', 'local-thing': 'file:../x' },
      optionalDependencies: { dd: 'npm:dd-trace@5' },
      peerDependencies: { twilio: '*' },
      devDependencies: { '@sentry/cli': '2' },
      scripts: { dependencies: 'no' },
    };
    expect(read('packages/web/package.json', JSON.stringify(manifest))).toEqual([
      'product npm stripe',
      'product npm @paypal/sdk',
      'product npm local-thing',
      'product npm dd-trace',
      'product npm twilio',
      'development npm @sentry/cli',
    ]);
  });

  test('a lock of version 3 with workspaces: only what others ask for', () => {
    const lock = {
      lockfileVersion: 3,
      packages: {
        '': { dependencies: { stripe: '1' } },
        'packages/web': { name: '@harbour/web' },
        'node_modules/@harbour/web': { link: true, resolved: 'packages/web' },
        'node_modules/stripe': {},
        'node_modules/a/node_modules/@sentry/node': { dev: true },
        'node_modules/pay': { name: '@paypal/sdk' },
      },
    };
    expect(read('package-lock.json', JSON.stringify(lock))).toEqual([
      'transitive npm @harbour/web',
      'transitive npm stripe',
      'development npm @sentry/node',
      'transitive npm @paypal/sdk',
    ]);
  });

  test('a lock of version 1 nests', () => {
    const lock = { dependencies: { a: { dependencies: { stripe: {} } }, b: { dev: true } } };
    expect(read('npm-shrinkwrap.json', JSON.stringify(lock))).toEqual([
      'transitive npm a',
      'development npm b',
      'transitive npm stripe',
    ]);
  });

  test.each(['[]', '7', 'null', '{"dependencies": ["stripe"]}', '{"dependencies": null}'])(
    '%s names nothing',
    (text) => {
      const names = () => read('package.json', text);
      if (text === '7' || text === 'null') expect(names).toThrow('holds no JSON object');
      else expect(names()).toEqual([]);
    },
  );

  test('a name that is a trap of JavaScript is only a name', () => {
    expect(read('package.json', '{"dependencies":{"__proto__":"1","constructor":"1","stripe":"1"}}')).toEqual([
      'product npm __proto__',
      'product npm constructor',
      'product npm stripe',
    ]);
  });
});

describe('Python', () => {
  test('requirements: names, not options, addresses or comments', () => {
    const text = [
      'stripe==11.0 ; python_version > "3"',
      'sentry-sdk[flask]>=2',
      '# boto3',
      '-r requirements-other.txt',
      'git+https://git.harbour.ch/pay.git#egg=twilio',
      '-c constraints.txt',
      '--hash=x',
      'openai',
      '',
    ];
    expect(read('requirements.txt', text.join('\r\n'))).toEqual([
      'product pypi stripe',
      'product pypi sentry-sdk',
      'product pypi twilio',
      'product pypi openai',
    ]);
  });

  test('requirements that include a file that is not read are not read to their end', () => {
    for (const [path, line] of [
      ['requirements.txt', '-r base.txt'],
      ['requirements.txt', '-rdeps/common.txt'],
      ['requirements.txt', '--requirement https://harbour.ch/requirements.txt'],
      ['api/requirements.txt', '-r ../../requirements.txt'],
    ] as const)
      expect(() => read(path, `stripe\n${line}`), line).toThrow('includes a file that is not read');
    for (const [path, line] of [
      ['requirements/prod.txt', '-r base.txt'],
      ['requirements.txt', '-r requirements/base.txt'],
      ['api/requirements.txt', '--requirement=../requirements.txt'],
      ['api/requirements.in', '-r base-requirements.txt # shared'],
    ] as const)
      expect(read(path, `stripe\n${line}`), line).toEqual(['product pypi stripe']);
  });

  test('setup.cfg and setup.py: what is written out', () => {
    const cfg =
      '[metadata]\nname = resend\n[options]\npackages = find:\ninstall_requires =\n    stripe>=1\n    # openai\n    twilio\n[options.extras_require]\ntest = codecov\nmail =\n    sendgrid\n[tool:x]\ny = snyk\n';
    expect(read('setup.cfg', cfg)).toEqual([
      'product pypi stripe',
      'product pypi twilio',
      'development pypi codecov',
      'product pypi sendgrid',
    ]);
    const py = `setup(name="resend", install_requires=["stripe>=1",\n 'twilio'], x=os.environ["STRIPE_KEY"])`;
    expect(read('setup.py', py)).toEqual(['product pypi stripe', 'product pypi twilio', 'product variable STRIPE_KEY']);
  });

  test('the name of the file says what is for development', () => {
    for (const path of ['requirements-dev.txt', 'requirements/test.txt', 'dev-requirements.txt'])
      expect(read(path, 'stripe'), path).toEqual(['development pypi stripe']);
    for (const path of ['requirements-latest.txt', 'requirements/base.txt', 'api/requirements.prod.txt'])
      expect(read(path, 'stripe'), path).toEqual(['product pypi stripe']);
  });

  test('pyproject.toml: PEP 621, PEP 735 and Poetry', () => {
    const text = `
[build-system]
requires = ["hatchling"]
[project]
dependencies = ["stripe>=11"]
[project.optional-dependencies]
mail = ["resend"]
test = ["percy-selenium"]
[dependency-groups]
dev = ["codecov", { include-group = "x" }]
[tool.poetry.dependencies]
python = "^3.13"
openai = "^1"
[tool.poetry.group.dev.dependencies]
snyk = "1"
[tool.poetry.group.worker.dependencies]
twilio = "9"
`;
    expect(read('pyproject.toml', text)).toEqual([
      'product pypi stripe',
      'product pypi resend',
      'development pypi percy-selenium',
      'development pypi codecov',
      'development pypi hatchling',
      'product pypi openai',
      'development pypi snyk',
      'product pypi twilio',
    ]);
    expect(() => read('pyproject.toml', 'secret = canary')).toThrow('is no valid TOML');
  });

  test('Pipfile and locks', () => {
    expect(read('Pipfile', '[packages]\nstripe = "*"\n[dev-packages]\ncodecov = "*"\n')).toEqual([
      'product pypi stripe',
      'development pypi codecov',
    ]);
    expect(read('Pipfile.lock', '{"default":{"stripe":{}},"develop":{"codecov":{}}}')).toEqual([
      'transitive pypi stripe',
      'development pypi codecov',
    ]);
    expect(read('poetry.lock', '[[package]]\nname = "boto3"\nversion = "1"\n\n[[package]]\nname = "x"\n')).toEqual([
      'transitive pypi boto3',
      'transitive pypi x',
    ]);
  });
});

test('go.mod: blocks, single lines, and what is indirect', () => {
  const text = `module harbour.ch/api
go 1.25
require github.com/stripe/stripe-go/v76 v76.1.0
require (
	github.com/getsentry/sentry-go v0.29.0 // indirect
	// github.com/twilio/twilio-go v1.0.0
	"github.com/openai/openai-go" v1.0.0
)
replace github.com/resend/resend-go => ../resend
replace github.com/harbour/pay => github.com/plaid/plaid-go/v31 v31.0.0
tool github.com/google/go-github/cmd
`;
  expect(read('services/api/go.mod', text)).toEqual([
    'product go github.com/stripe/stripe-go/v76',
    'transitive go github.com/getsentry/sentry-go',
    'product go github.com/openai/openai-go',
    'product go github.com/plaid/plaid-go/v31',
    'development go github.com/google/go-github/cmd',
  ]);
  expect(read('go.mod', 'require(\n\tgithub.com/stripe/stripe-go v1.0.0\n)\n')).toEqual([
    'product go github.com/stripe/stripe-go',
  ]);
});

describe('Maven and Gradle', () => {
  test('pom.xml: dependencies with their scope, not what is only managed, nor plugins', () => {
    const one = (group: string, scope = '') =>
      `<dependency><groupId>${group}</groupId><artifactId>a</artifactId>${scope}<exclusions><exclusion><groupId>x</groupId></exclusion></exclusions></dependency>`;
    const text = `<?xml version="1.0"?><project xmlns="http://maven.apache.org/POM/4.0.0">
      <dependencyManagement><dependencies>${one('com.twilio.sdk')}</dependencies></dependencyManagement>
      <dependencies>${one('com.stripe')}${one('io.sentry', '<scope>test</scope>')}</dependencies>
      <build><plugins><plugin><dependencies>${one('com.adyen')}</dependencies></plugin></plugins></build>
      <profiles><profile><dependencies>${one('com.plaid')}</dependencies></profile></profiles></project>`;
    expect(read('pom.xml', text)).toEqual([
      'product maven com.stripe:a',
      'development maven io.sentry:a',
      'product maven com.plaid:a',
    ]);
  });

  test('pom.xml: a name by a property, in CDATA, or with a comment in it', () => {
    const one = (group: string) => `<dependency><groupId>${group}</groupId><artifactId>a</artifactId></dependency>`;
    const text = `<project><dependencies>${one(`\${pay.group}`)}${one('<![CDATA[io.sentry]]>')}${one('com.<!-- x -->plaid')}${one(`\${gone}`)}</dependencies>
      <properties><pay.group>com.stripe</pay.group></properties></project>`;
    expect(read('pom.xml', text)).toEqual([
      'product maven com.stripe:a',
      'product maven io.sentry:a',
      'product maven com.plaid:a',
      `product maven \${gone}:a`,
    ]);
  });

  test('pom.xml: no entity is expanded, neither a bomb nor a file', () => {
    const bomb = `<!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>
      <project><dependencies><dependency><groupId>&b;</groupId><artifactId>&f;</artifactId></dependency></dependencies></project>`;
    expect(() => read('pom.xml', bomb)).toThrow('is no well-formed XML');
    expect(() => read('pom.xml', '<project><dependencies>')).toThrow('is no well-formed XML');
    expect(() => read('pom.xml', `<project>${'<a>'.repeat(1000)}`)).toThrow('is nested too deeply');
  });

  test('build.gradle, Kotlin too, and the catalogue of versions', () => {
    const text = `
      implementation 'com.stripe:stripe-java:28.0.0'
      implementation("com.twilio.sdk:twilio")
      implementation(platform("software.amazon.awssdk:bom:2.29.0"))
      implementation group: 'com.adyen', name: 'adyen-java-api-library', version: '1'
      testImplementation 'io.sentry:sentry:7'
      // implementation 'com.plaid:plaid-java:1'
    `;
    expect(read('app/build.gradle.kts', text)).toEqual([
      'product maven com.stripe:stripe-java',
      'product maven com.twilio.sdk:twilio',
      'product maven software.amazon.awssdk:bom',
      'development maven io.sentry:sentry',
      'product maven com.adyen:adyen-java-api-library',
    ]);
    const catalog =
      '[libraries]\na = { module = "com.stripe:stripe-java", version = "1" }\nb = "io.sentry:sentry:7"\nc = { group = "com.plaid", name = "plaid-java" }\n';
    expect(read('gradle/libs.versions.toml', catalog)).toEqual([
      'product maven com.stripe:stripe-java',
      'product maven io.sentry:sentry',
      'product maven com.plaid:plaid-java',
    ]);
  });
});

test('Ruby: groups for development, in blocks and in a line; the lock; a gemspec', () => {
  const text = `source 'https://rubygems.org'
gem 'stripe', '~> 13'
# gem 'twilio-ruby'
group :development, :test do
  gem 'coveralls'
  platforms :ruby do
    gem "percy-capybara"
  end
end
group :production do
  gem 'newrelic_rpm'
end
gem 'snyk', group: :development
gem 'sentry-ruby', groups: [:development, :production]
`;
  expect(read('Gemfile', text)).toEqual([
    'product rubygems stripe',
    'development rubygems coveralls',
    'development rubygems percy-capybara',
    'product rubygems newrelic_rpm',
    'development rubygems snyk',
    'product rubygems sentry-ruby',
  ]);
  expect(
    read('Gemfile.lock', 'GEM\n  specs:\n    stripe (13.0.0)\n      json (~> 2)\n\nDEPENDENCIES\n  stripe\n'),
  ).toEqual(['transitive rubygems stripe']);
  expect(read('a.gemspec', 's.add_dependency "stripe"\ns.add_development_dependency("coveralls")\n')).toEqual([
    'product rubygems stripe',
    'development rubygems coveralls',
  ]);
});

describe('containers', () => {
  test('Dockerfile: images but not stages, and names of variables but not their values', () => {
    const text = `# FROM ngrok/ngrok
FROM --platform=linux/amd64 node:24 AS build
ARG SENTRY_DSN=canary
ENV STRIPE_KEY=canary TWILIO_SID=canary
ENV OPENAI_KEY canary
RUN npm ci \\
  && FROM nothing
FROM build
COPY --from=build /a /b
COPY --from=datadog/agent:7 /opt /opt
`;
    expect(read('deploy/Dockerfile.web', text)).toEqual([
      'product image node:24',
      'product variable SENTRY_DSN',
      'product variable STRIPE_KEY',
      'product variable TWILIO_SID',
      'product variable OPENAI_KEY',
      'product image datadog/agent:7',
    ]);
  });

  test('Dockerfile: a base image by its ARG, or by what stands beside it', () => {
    const text = `ARG REGISTRY=docker.io BASE="datadog/agent:7"\nFROM $BASE AS agent\nFROM \${REGISTRY}/newrelic/infra\nFROM \${X:-snyk/snyk}\nFROM \${GONE}\nCOPY --from=\${BASE} / /\n`;
    expect(read('Dockerfile', text).filter((line) => line.includes(' image '))).toEqual([
      'product image datadog/agent:7',
      'product image docker.io/newrelic/infra',
      'product image snyk/snyk',
      `product image \${GONE}`,
      'product image datadog/agent:7',
    ]);
    const compose = `a:\n  image: \${IMAGE:-datadog/agent:7}\nb: { "image": "\${B-snyk/snyk}" }\n`;
    expect(read('compose.yaml', compose).filter((line) => line.includes(' image '))).toEqual([
      'product image datadog/agent:7',
      'product image snyk/snyk',
    ]);
  });

  test('Compose and Kubernetes: images and names of variables', () => {
    const text = `services:
  agent: { image: "datadog/agent:7", restart: always }
  # image: ngrok/ngrok
  web:
    image: ghcr.io/harbour/web
    environment:
      - STRIPE_SECRET_KEY=canary
      - name: SENTRY_DSN
        value: canary
      TWILIO_TOKEN: \${TWILIO_TOKEN}
`;
    expect(read('k8s/web.yaml', text)).toEqual([
      'product image datadog/agent:7',
      'product image ghcr.io/harbour/web',
      'product variable STRIPE_SECRET_KEY',
      'product variable SENTRY_DSN',
      'product variable TWILIO_TOKEN',
      'product variable TWILIO_TOKEN',
    ]);
  });

  test('a YAML bomb is lines like others', () => {
    const bomb = ['a: &a ["x"]', ...Array.from({ length: 30 }, (_, i) => `b${i}: &b${i} [*a,*a,*a,*a,*a]`)].join('\n');
    expect(read('compose.yaml', bomb)).toEqual([]);
  });

  test('a workflow is development', () => {
    const text = `env:\n  TOKEN: \${{ secrets.CODECOV_TOKEN }}\n`;
    expect(read('.github/workflows/ci.yml', text)).toEqual(['development variable CODECOV_TOKEN']);
  });
});

describe('environment variables', () => {
  test('examples give names, never values; the real file is never opened', () => {
    const text = 'STRIPE_KEY=canary\n# SENTRY_DSN=\nexport TWILIO_SID="canary"\nlower=no\n';
    for (const path of ['.env.example', 'web/.env.sample', 'env.template', '.env.production.example'])
      expect(read(path, text), path).toEqual([
        'product variable STRIPE_KEY',
        'product variable SENTRY_DSN',
        'product variable TWILIO_SID',
      ]);
    for (const path of ['.env', '.env.local', '.env.production', 'web/.env'])
      expect(kindOf(path), path).toBeUndefined();
  });

  test.each([
    ['a.ts', 'const a = process.env.STRIPE_KEY'],
    ['a.ts', "process.env['STRIPE_KEY']"],
    ['a.ts', 'const { STRIPE_KEY: key } = process.env'],
    ['a.vue', 'import.meta.env.STRIPE_KEY'],
    ['a.ts', 'Deno.env.get("STRIPE_KEY")'],
    ['a.py', 'os.environ["STRIPE_KEY"]'],
    ['a.py', "os.getenv('STRIPE_KEY')"],
    ['a.py', "os.environ.get('STRIPE_KEY')"],
    ['a.go', 'os.Getenv("STRIPE_KEY")'],
    ['a.java', 'System.getenv("STRIPE_KEY")'],
    ['a.rb', "ENV['STRIPE_KEY']"],
    ['a.rb', 'ENV.fetch("STRIPE_KEY") { nil }'],
    ['a.php', "env('STRIPE_KEY')"],
    ['a.cs', 'Environment.GetEnvironmentVariable("STRIPE_KEY")'],
    ['a.rs', 'std::env::var("STRIPE_KEY")'],
    ['a.ex', 'System.get_env("STRIPE_KEY")'],
  ])('%s: %s', (path, text) => {
    expect(read(path, text)).toEqual(['product variable STRIPE_KEY']);
  });

  test('prose and other names are no references; tests are development', () => {
    expect(read('a.ts', '// STRIPE_KEY must be set\nconst STRIPE_KEY = 1; environment.STRIPE_KEY')).toEqual([]);
    expect(read('test/a.ts', 'process.env.STRIPE_KEY')).toEqual(['development variable STRIPE_KEY']);
    expect(read('a.test.ts', 'process.env.STRIPE_KEY')).toEqual(['development variable STRIPE_KEY']);
  });
});
