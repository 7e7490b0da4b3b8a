/** How we know that a documented command works. */
export type Coverage =
  /** A test that runs it, or does the same: the file, and text in it. */
  | { readonly test: string; readonly says: string }
  /** Why no test runs it. */
  | { readonly excused: string };

const test = (file: string, says: string): Coverage => ({ test: file, says });
const excused = (reason: string): Coverage => ({ excused: reason });

/** Run as written. */
const COMMANDS = "test/e2e/commands.test.ts";
const ran = (command: string): [string, Coverage] => [command, test(COMMANDS, command)];

const ITSELF = excused(
  "a part of the tests themselves: npm test runs it, or it takes too long for that and runs by itself",
);
const OTHER_CLUSTER = excused("needs a cluster or a registry of a kind that the tests' machine cannot have");
const PULUMI = excused("needs the Pulumi CLI: ENGINE=pulumi npm test runs the same program with the same engine");
const GITHUB = excused("needs GitHub's own variables, artifacts or credentials");
const LOOKS = excused("Kubernetes's own command, which only shows what there is");
const PLACEHOLDER = excused("the name of a command, whose arguments are in the text beside it");
const LIFE = "sandbox/test/lifecycle.e2e.ts";
const OWN_STACKS = "preview-pr/own-stacks.test.ts";

/** Every command in the documents. `pulumi config set` is not here: the test looks up its key. */
export const COVERAGE: Readonly<Record<string, Coverage>> = {
  // Run for real on the stack dev.
  ...Object.fromEntries(
    [
      'npm run chat -- "User A"',
      "npm run ops -- status",
      "npm run ops -- verify",
      "npm run preflight -- --stack dev",
      "npm run preview -- --stack dev",
      "npm run preview -- --stack dev --policy dev",
      "npm run client -- kafka-topics --list",
      "npm run client -- kafka-topics --create --if-not-exists --topic first --partitions 3 --replication-factor 3",
      "echo hello | npm run --silent client -- kafka-console-producer --topic first",
      "npm run --silent client -- kafka-console-consumer --topic first --group readers --from-beginning --max-messages 1",
      "npm run client -- kafka-consumer-groups --describe --group readers",
      "npm run client -- kafka-topics --delete --topic first",
      "npm start",
    ].map(ran),
  ),

  // Done by other tests.
  "curl http://localhost:31500/v2/_catalog": test("test/e2e/registry.test.ts", "lists both images"),
  "npm ci": test("test/install/install.test.ts", "ci brings what the commands run on"),
  "npm run build": test("test/support/package.ts", '"build-package.ts"'),
  "npm pack": test("test/support/package.ts", '"npm", ["pack"'),
  "npm pack ./dist": test("test/support/package.ts", '"npm", ["pack"'),
  "npm publish": excused("publishes: what it would send is what npm pack makes"),
  "npm run check": test("test/run.ts", "npm run check"),
  "npm run up": test("engine/pulumi/pulumi.test.ts", "forgets what a killed run had begun and not made"),
  "npm run up -- --stack dev -c replicas=4": test("test/e2e/scaling.test.ts", 'up("dev", "replicas=4")'),
  "npm run preview -- --no-refresh": test("test/unit/upgrade/upgrade.test.ts", "refresh: false"),
  "npm run up -- --stack <name>": test("test/stacks/life.ts", "up(stack, ...settings)"),
  "npm run up|preview|down -- --stack dev": test("test/stacks/life.ts", "down(stack)"),
  "npm run ops -- status | verify | topics list | rebalance --brokers 0,1,2 | elect-leaders | drain 3": test(
    "services/test-kafka/ops.test.ts",
    "elect-leaders",
  ),
  "npm run ops -- status | verify | topics list | plan --brokers 0-5 | rebalance --brokers 0,1,2 | settle | elect-leaders | drain 3":
    test("services/test-kafka/ops.test.ts", "elect-leaders"),
  "npm run ops -- log-level broker-1 kafka.server.ReplicaManager DEBUG": test(
    "services/test-kafka/ops.test.ts",
    '"log-level", "broker-1"',
  ),
  "npm run ops -- users": test("test/stacks/closed.test.ts", '"ops", "--", "users"]'),
  "npm run ops -- users --check": test("test/stacks/closed.test.ts", '"ops", "--", "users", "--check"'),
  "npm run ops -- plan --brokers 0-1,3": test("services/test-kafka/cordon.test.ts", '"plan", "--brokers", "0-1,3"'),
  "npm run ops -- plan --brokers 0-2 --even-bytes": test(
    "services/test-kafka/ops.test.ts",
    '"plan", "--brokers", "0-3", "--even-bytes"',
  ),
  "npm run ops -- rebalance --brokers 0-2 --even-bytes": test("services/test-kafka/ops.test.ts", '"--even-bytes"'),
  "npm run ops -- plan --brokers 0-9": test("services/test/ops/program.test.ts", '["plan"]'),
  "npm run ops -- drain --keep 0,1,2": test("services/test-kafka/ops.test.ts", '"drain", "--keep", "0,1,2"'),
  "npm run ops -- unregister --keep 0,1,2": test("services/test-kafka/ops.test.ts", '"unregister", "--keep", "0,1,2"'),
  "kubectl get jobs -n kafka": LOOKS,
  "npm run ops -- page": test("test/e2e/page.test.ts", '"ops", "page"'),
  "npm run ops -- top": test("test/e2e/page.test.ts", '"ops", "top"'),
  "kubectl port-forward -n kafka deployment/lag-exporter 30392:8090": excused(
    "Kubernetes's own way to what npm run ops -- page opens",
  ),
  "npm run ops -- recover-quorum": test("test/faults/recovery.ts", '"recover-quorum"'),
  "npm run ops -- recover-quorum --from broker-1 --lost controller-0,controller-1,controller-2": test(
    "cli/recover-quorum/plan.test.ts",
    "npm run ops -- recover-quorum --from broker-1 --lost controller-0,controller-1,controller-2",
  ),
  "npm run ops -- recover-partitions": test("test/stacks/founding.test.ts", 'opsCommand("recover-partitions")'),
  "npm run ops -- recover-partitions --elect": test(
    "test/kafka/recover-partitions.test.ts",
    "command({ elect: true })",
  ),
  "npm run ops -- recover-partitions --lost 0,2": test(
    "test/kafka/recover-partitions.test.ts",
    "command({ lost: [1] })",
  ),
  "npm run ops -- plan --brokers 0-3": test("services/test/ops/program.test.ts", '["plan"]'),
  "npm run ops -- settle": test("services/test/ops/mover.test.ts", "waits in settle for moves that were handed over"),
  "kubectl annotate namespace kafka kafka-stack/stack=kafka-stack/production": test(
    "test/unit/guards/guards.test.ts",
    "kafka-stack/stack",
  ),
  "npm run ops -- elect-leaders": test("services/test-kafka/ops.test.ts", "elect-leaders"),
  "npm run ops -- rebalance": test("services/test-kafka/ops.test.ts", "rebalance"),
  "npm run stop": test("test/e2e/resilience.test.ts", "has its messages when it is brought up again"),
  "npm run sandbox -- up": test(LIFE, 'sandbox("up"'),
  "npm run sandbox -- up [--nodes 3]": test(LIFE, '"--nodes", "2"'),
  "time npm run sandbox -- up --no-images": test(LIFE, 'sandbox("up", "--no-images")'),
  "npm run sandbox -- status [--json]": test("sandbox/test/second-machine.ts", "status --json"),
  "npm run sandbox -- down [--data]": test(LIFE, 'sandbox("down", "--data")'),
  "npm run sandbox -- node stop|start 2": test(LIFE, 'sandbox("node", "stop"'),
  "npm run sandbox -- nfs up --servers 4": test(LIFE, 'sandbox("nfs", "up"'),
  "npm run sandbox -- nfs stop|start 1": test(LIFE, 'sandbox("nfs", "stop"'),
  "node stop": test(LIFE, 'sandbox("node", "stop"'),
  "npm run clean": test(LIFE, 'sandbox("down", "--data")'),
  "npm run preview:pr": test(OWN_STACKS, '"preview:pr"'),
  "npm run preview:pr -- --base main": test(OWN_STACKS, 'base: "main"'),
  "npm run preview:pr -- --base main --head my-branch --stack production nfs --output preview.md": test(
    OWN_STACKS,
    'stacks: ["production", "nfs"]',
  ),
  'npm run --silent preview:pr -- --base "$BASE" --output preview.md || status=$?': test(OWN_STACKS, '"--base"'),
  "kcat -b localhost:30099 -C -t chatroom -e -q": test(
    "test/e2e/brokers.test.ts",
    '["-C", "-t", "chatroom", "-e", "-q"]',
  ),
  "echo hello | kcat -b localhost:30099 -P -t chatroom": test("test/e2e/brokers.test.ts", '"-P", "-t", "chatroom"'),
  ...Object.fromEntries(
    [
      "kubectl delete namespace kafka kafka-volumes kafka-registry --ignore-not-found",
      'kubectl delete "$(kubectl api-resources --namespaced --verbs=delete,list --output name | grep -vx persistentvolumeclaims | paste -sd, -)" --namespace kafka --selector app.kubernetes.io/instance=dev',
      "kubectl delete namespace kafka-volumes kafka-registry --ignore-not-found",
      "kubectl delete persistentvolumes,clusterroles,clusterrolebindings --selector app.kubernetes.io/part-of=kafka-stack,app.kubernetes.io/instance=dev",
    ].map((command) => [command, test("test/stacks/lost-state.ts", command)]),
  ),
  "kubectl -n kafka delete secret kafka-orders": excused(
    "Kubernetes's own command; that servers and Jobs take another key while they run is in test/unit/entrypoint/health.test.ts and services/test/ops/controllers.test.ts",
  ),
  "kubectl -n kafka delete secret kafka-tls-client": test(
    "test/stacks/closed.test.ts",
    'kubectl("delete", "secret", "-n", "kafka", ...secrets)',
  ),
  "kubectl -n kafka create job renew-now --from=cronjob/kafka-certificates": test(
    "test/stacks/closed.test.ts",
    '"--from=cronjob/kafka-certificates"',
  ),
  "kubectl -n kafka get secret kafka-user-orders -o jsonpath='{.data.client\\.properties}' | base64 -d > client.properties":
    LOOKS,
  "kubectl -n kafka get secret kafka-user-orders -o jsonpath='{.data.tls\\.crt}' | base64 -d | openssl x509 -noout -enddate":
    LOOKS,
  "kubectl drain": test("test/faults/nodes.test.ts", "drain"),
  "kubectl config view --flatten": excused("kubectl's own command, which only rewrites a kubeconfig"),
  "aws eks get-token": OTHER_CLUSTER,
  "pulumi new ./templates/kafka --dir ../my-kafka": test("test/unit/package.test.ts", 'projectFrom("kafka"'),
  "npm run preflight": test(COMMANDS, "npm run preflight -- --stack dev"),
  "npm run ops": test(COMMANDS, "npm run ops -- status"),
  "npm run client": test(COMMANDS, "npm run client -- kafka-topics --list"),
  "npm run kafka-stack": test("cli/index.test.ts", "has one page of help"),
  "npm run ops -- --help": test("cli/index.test.ts", 'kafkaStack("ops", "--help")'),
  "export KUBECONFIG=$PWD/.sandbox/kubeconfig DOCKER_HOST=unix://$PWD/.sandbox/docker.sock PATH=$PWD/.sandbox/bin:$PATH":
    test(COMMANDS, "sandboxEnvironment()"),
  "node build.mjs": test("images/services/Dockerfile", "node build.mjs"),

  // The tests.
  ...Object.fromEntries(
    [
      ...["npm test", "npm run golden", "npm run test:unit", 'npm run test:unit -- --grep "one broker more"'],
      ...[
        "npm run test:e2e",
        "npm run test:e2e -- --grep …",
        "ENGINE=pulumi npm test",
        "ENGINE=pulumi npm run test:e2e",
        "ENGINE=stand-in npm test",
        "npm run test:stacks",
      ],
      ...["npm run test:faults", "npm run test:main-faults", "npm run test:services", "npm run test:kchat-faults"],
      ...["npm run test:sandbox", "npm run test:install", "npm run bench", "npm run bench -- <name>"],
      ...[
        "npm run bench -- kchat",
        "npm run bench -- lag",
        "npx mocha --config test/interruptions.mocharc.json",
        "npx mocha --require tsx 'policy/test/**/*.test.ts'",
      ],
      ...[`npx mocha --require tsx ${LIFE}`, "npx mocha --require tsx test/unit/restarts.test.ts"],
    ].map((command) => [command, ITSELF]),
  ),

  // Elsewhere.
  ...Object.fromEntries(
    [
      ...["kind create cluster", "kind create cluster --config kind.yaml", "npm start -- --context kind-kind"],
      "docker exec kind-control-plane curl -s http://localhost:31500/v2/_catalog",
      ...["minikube start", "minikube start --container-runtime docker --cpus 4 --memory 8g", "minikube docker-env"],
      ...["eval $(minikube docker-env)", "minikube service -n kafka kconsumer"],
      "minikube ssh -- curl -s http://localhost:31500/v2/_catalog",
      "k3d cluster create kafka -p 127.0.0.1:31500:31500@server:0 -p 127.0.0.1:30192:30192@server:0 -p 127.0.0.1:30292:30292@server:0",
      "k3d cluster create kafka --registry-use k3d-registry.localhost:5000 -p 127.0.0.1:30192:30192@server:0 -p 127.0.0.1:30292:30292@server:0",
      ...["k3d registry create registry.localhost --port 127.0.0.1:5000", "curl http://localhost:5000/v2/_catalog"],
      ...["curl https://chat.example.com/api/system/echo"],
      "aws ecr get-login-password | pulumi config set --secret --path registry.password",
      "aws eks update-kubeconfig --name my-cluster --alias my-cluster",
      ...["kafka", "services"].map((name) => `aws ecr create-repository --repository-name ${name}`),
      "kubectl --context my-cluster apply -f gp3.yaml",
      "gcloud container clusters get-credentials my-cluster --region europe-west3",
      "gcloud artifacts repositories create kafka-stack --repository-format docker --location europe-west3",
      "gcloud auth print-access-token | pulumi config set --secret --path registry.password",
      "npm run preflight -- --stack cloud --context gke_my-project_europe-west3_my-cluster",
      "npm run ops -- status --context gke_my-project_europe-west3_my-cluster",
      "az aks get-credentials --name my-cluster --resource-group my-group",
      "az aks update --name my-cluster --resource-group my-group --attach-acr myregistry",
      "az acr login --name myregistry --expose-token --output tsv --query accessToken | pulumi config set --secret --path registry.password",
      "kubectl --context my-cluster run probe --namespace default --image busybox:1.37 --rm --attach --restart Never -- nc -z -w 5 kafka-bootstrap.kafka.svc 9092",
      ...["kind delete cluster", "npm run preflight -- --stack kind", "npm run ops -- status --context kind-kind"],
      "helm uninstall kafka --namespace kafka-old",
      ...["npm run preflight -- --stack production --context my-cluster", "npm run ops -- status --context my-cluster"],
      "npm run preflight -- --stack cloud --context my-cluster",
      ...["kubectl --context my-cluster -n kafka get pods -o wide", "kubectl --context my-cluster -n kafka get pvc"],
      "kubectl --context CONTEXT -n kafka get pods -o wide",
      "kubectl --context CONTEXT -n kafka get events --field-selector type=Warning",
    ].map((command) => [command, OTHER_CLUSTER]),
  ),
  ...Object.fromEntries(
    [
      ...["pulumi stack init cloud", "pulumi stack init kind", "pulumi stack init minikube", "pulumi stack init k3d"],
      ...["pulumi stack init docker-desktop", "pulumi stack init dev", "pulumi preview", "pulumi preview --refresh"],
      ...["pulumi up", "pulumi up --refresh", "pulumi destroy"],
      ...["pulumi install", "pulumi package add ./node_modules/kafka-stack/provider"],
      "pulumi preview --policy-pack policy --policy-pack-config policy/production.json",
      "pulumi up --policy-pack policy --policy-pack-config policy/production.json",
      "pulumi preview --policy-pack <folder> --policy-pack-config <file>",
      ...["pulumi up --replace <urn of the image>", "pulumi stack --show-urns", "pulumi refresh"],
      "pulumi stack import --file <copy>",
      "pulumi stack export --file .sandbox/state/production.json",
      'pulumi stack export --stack "$STACK" --file ".sandbox/state/$STACK.json"',
    ].map((command) => [command, PULUMI]),
  ),
  ...Object.fromEntries(
    [
      "apt-get update && apt-get install --yes --no-install-recommends ca-certificates git",
      'cat preview.md >> "$GITHUB_STEP_SUMMARY"',
      'echo "KUBECONFIG=$RUNNER_TEMP/kubeconfig" >> "$GITHUB_ENV"',
      'exit "${status:-0}"',
      'gh pr comment "$PULL_REQUEST" --body-file comment.md --edit-last --create-if-none',
      'gh run download "$GITHUB_RUN_ID" --name preview',
      "head --bytes 65000 preview.md > comment.md",
      'install --mode 600 /dev/null "$RUNNER_TEMP/kubeconfig"',
      "mkdir -p .sandbox/state",
      `printf '%s' "$CONTENT" > "$RUNNER_TEMP/kubeconfig"`,
    ].map((command) => [command, GITHUB]),
  ),
  ...Object.fromEntries(
    ["npm run client -- TOOL …", "docker build", "docker login", "rsync -aHAX --numeric-ids"].map((command) => [
      command,
      PLACEHOLDER,
    ]),
  ),
  'kubectl patch pv kafka-data-0-broker-0 --type json -p \'[{"op": "remove", "path": "/spec/claimRef/uid"}]\'': test(
    "preflight/checks.test.ts",
    "kubectl patch pv kafka-data-0-broker-0 --type json",
  ),
  "kubectl logs -n kafka -f job/<name>": LOOKS,
  "kubectl get cronjob,job -n kafka": LOOKS,
  "kubectl get events -n kafka --field-selector type=Warning": LOOKS,
  "kubectl logs -n kafka <pod> --all-containers": LOOKS,
  "kubectl get pods -n kafka -o wide": LOOKS,
  "kubectl describe pod -n kafka <pod>": LOOKS,
  "kubectl logs -n kafka <pod>": LOOKS,
  "kubectl logs -n kafka <pod> --previous": LOOKS,
  "kubectl logs -n kafka deployment/lag-exporter": LOOKS,
  "kubectl get pods -n kafka -l app.kubernetes.io/component=lag-exporter": LOOKS,
  "kubectl describe": PLACEHOLDER,
  "npm run ops -- topics list": test("services/test-kafka/ops.test.ts", '"topics", "list"'),
  "npm run --silent alerts > kafka-stack.rules.yaml": test("components/monitoring/alerts/alerts.test.ts", '"alerts"'),
  "npm run dashboards -- dashboards": test("components/monitoring/dashboards/dashboards.test.ts", '"dashboards", "--"'),
  "kubectl get --raw /api/v1/namespaces/kafka/pods/broker-0:9404/proxy/metrics": test(
    "test/e2e/metrics.test.ts",
    ":9404/proxy/metrics",
  ),
  "npm install": test("test/unit/package.test.ts", "existing-registry"),
  "cp Pulumi.storageclass.yaml Pulumi.cloud.yaml": test("test/docs/commands.test.ts", "copies an existing stack file"),
  "bin/connect-mirror-maker.sh mm2.properties": excused(
    "a program of Kafka's own download, which the image leaves out",
  ),
  "node lock.mjs": test("services/test/lock.test.ts", "locks the dependencies of services/package.json"),
  "npm run docs:config": test("test/run.ts", "npm run check"),
  "npm run docs": test("test/run.ts", "npm run check"),
};
