import type { Alert, Series } from "./alert";

const free = (series: Series): string =>
  `${series("kafka_stack_volume_free_bytes")} / ${series("kafka_stack_volume_size_bytes")}`;

/** Volumes that fill up or fail. */
export const disks: readonly Alert[] = [
  {
    name: "KafkaVolumeFillsUp",
    severity: "warning",
    // Far from full, a straight line through a burst of writes says nothing.
    expression: (series) =>
      `predict_linear(${series("kafka_stack_volume_free_bytes")}[6h], 86400) < 0 and ${free(series)} < 0.4`,
    for: "30m",
    summary:
      "The volume {{ $labels.directory }} of {{ $labels.pod }} in {{ $labels.namespace }} will be full within a day.",
  },
  {
    name: "KafkaVolumeFull",
    severity: "critical",
    expression: (series) => `${free(series)} < 0.1`,
    for: "5m",
    summary:
      "{{ $value | humanizePercentage }} are left of the volume {{ $labels.directory }} of {{ $labels.pod }} in {{ $labels.namespace }}.",
  },
  {
    name: "KafkaVolumeSilent",
    severity: "critical",
    expression: (series) => `${series("kafka_stack_volume_answers")} == 0`,
    for: "2m",
    summary:
      "The volume {{ $labels.directory }} of {{ $labels.pod }} in {{ $labels.namespace }} does not answer when it is asked for its size.",
  },
  {
    name: "KafkaLogDirectoryFailed",
    severity: "critical",
    expression: (series) => `${series("kafka_log_logmanager_offlinelogdirectorycount")} > 0`,
    for: "1m",
    summary: "{{ $labels.pod }} in {{ $labels.namespace }} has given up {{ $value }} of its log directories.",
  },
];
