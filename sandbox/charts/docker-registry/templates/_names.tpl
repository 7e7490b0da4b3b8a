{{- define "registry.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- /* The release's name when it says what it is, else both. */ -}}
{{- define "registry.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- $both := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{ .Values.fullnameOverride | default $both | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "registry.namespace" -}}
{{ .Values.namespace | default .Release.Namespace }}
{{- end }}

{{- define "registry.selector" -}}
app: {{ include "registry.name" . }}
release: {{ .Release.Name }}
{{- end }}

{{- define "registry.labels" -}}
{{ include "registry.selector" . }}
chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
heritage: {{ .Release.Service }}
{{- end }}
