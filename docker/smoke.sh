#!/usr/bin/env bash
# Try docker-compose.yml for real on this machine: build, start, score from the host, kill replicas
# under load, keys, the trainer's demonstration, stop. Prints what was checked; status 0 if all held.
#
#   docker/smoke.sh [--no-demo] [--monitoring] [--keep]
#
#   --no-demo     leave the trainer's demonstration out, which trains for minutes
#   --monitoring  also Prometheus and Grafana, whose images are pulled
#   --keep        leave the containers running
#
# Works under a compose project of its own, on free ports. Needs Docker, curl and nothing else. What
# the build may need here (PIP_INDEX_URL, TORCH_INDEX, CA_BUNDLE …) is in docs/docker.md.
set -euo pipefail
cd "$(dirname "$0")/.."

demo=yes monitoring=no keep=no
for option in "$@"; do
    case $option in
        --no-demo) demo=no ;;
        --monitoring) monitoring=yes ;;
        --keep) keep=yes ;;
        *) sed -n '2,13s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
done

export COMPOSE_PROJECT_NAME=clinical-crpo-smoke
export SERVICE_PORT=0 BALANCER_PORT=0 PROMETHEUS_PORT=0 GRAFANA_PORT=0  # any that is free
export REPLICAS=2 REWARD_WORKERS=${REWARD_WORKERS:-1}
work=$(mktemp -d)
checks=0
started=$SECONDS

compose() { docker compose --progress quiet --profile '*' "$@"; }

ok() {
    checks=$((checks + 1))
    printf 'ok   %5d s  %s\n' "$((SECONDS - started))" "$*"
}

fail() {
    compose logs --no-color --tail 8 >&2 || true
    printf 'FAIL %5d s  %s\n' "$((SECONDS - started))" "$*" >&2
    exit 1
}

finish() {
    status=$?
    rm -rf "$work"
    if [ "$keep" = no ]; then
        docker rm --force "$COMPOSE_PROJECT_NAME-load" "$COMPOSE_PROJECT_NAME-demo" >/dev/null 2>&1 || true
        compose down --volumes --timeout 10 >/dev/null 2>&1 || true
    fi
    exit "$status"
}
trap finish EXIT

address() { compose port "$1" "$2"; } # of a container's port on this machine

# get URL STATUS [CURL-OPTION…]: fetch, keep the body in $work/body, expect a status.
get() {
    local url=$1 expected=$2 status
    shift 2
    status=$(curl -s --noproxy '*' -o "$work/body" -w '%{http_code}' --max-time 60 "$@" "$url") || true
    [ "$status" = "$expected" ] || fail "$url: expected status $expected, got $status: $(head -c 300 "$work/body")"
}

# score URL STATUS [CURL-OPTION…]: send the request.
score() {
    local url=$1 expected=$2
    shift 2
    get "$url/score" "$expected" -H 'Content-Type: application/json' --data-binary "$request" "$@"
}

# until_true COMMAND…: ask again and again, on a machine that may be slow.
until_true() {
    local end=$((SECONDS + 300))
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.3
    done
}

says() { grep -q "$1" "$2" 2>/dev/null; } # says WORDS FILE

scorers_up() { # how many replicas the load balancer sends requests to
    compose exec -T balancer python -Ic '
from urllib.request import urlopen
for line in urlopen("http://127.0.0.1:8404/metrics").read().decode().splitlines():
    if line.startswith("haproxy_backend_active_servers{proxy=\"scorers\"}"):
        print(int(float(line.split()[-1])))'
}

scorers_up_are() { [ "$(scorers_up)" = "$1" ]; }

request='{"items": [{"id": "smoke", "question": "A 61-year-old woman has had crushing chest pain for 2 hours. She has no fever. Which of the following is the most likely diagnosis?", "options": {"A": "Pericarditis", "B": "Myocardial infarction"}, "answer": "B", "completions": ["<dx>Crushing chest pain without fever points to infarction.</dx><conclusion>\\boxed{B}</conclusion>", "<dx>Crushing chest pain.</dx><conclusion>\\boxed{A}</conclusion>"]}]}'

# --- build -----------------------------------------------------------------------------------------
images=(service balancer)
if [ "$demo" = yes ] || ! docker image inspect clinical-crpo-trainer >/dev/null 2>&1; then
    images+=(demo)
fi
compose build "${images[@]}" >"$work/build" 2>&1 || { tail -40 "$work/build" >&2; fail "build"; }
for image in service trainer balancer; do
    size=$(docker image inspect --format '{{.Size}}' "clinical-crpo-$image")
    ok "image clinical-crpo-$image: $((size / 1000000)) MB"
done

# --- one service -----------------------------------------------------------------------------------
before=$SECONDS
compose up -d --wait service 2>"$work/up" || { cat "$work/up" >&2; fail "service does not become healthy"; }
ok "service healthy after $((SECONDS - before)) s"

url=http://$(address service 8000)
case $url in http://127.0.0.1:*) ok "its port is open to this machine only: $url" ;;
*) fail "the port is open to others: $url" ;; esac

get "$url/readyz" 200
score "$url" 200
for accuracy in 1.0 0.0; do
    says "\"accuracy\":$accuracy" "$work/body" || fail "wrong scores: $(cat "$work/body")"
done
cp "$work/body" "$work/first"
score "$url" 200
cmp -s "$work/body" "$work/first" || fail "the same request was answered differently"
ok "scored from the host: the right answer 1, the wrong one 0, twice the same bytes"
get "$url/score" 422 -H 'Content-Type: application/json' -d '{"items": 1}'
says '"code"' "$work/body" || fail "an error of the wrong form: $(cat "$work/body")"
ok "a malformed request gets 422 and the documented form"

[ "$(compose exec -T service id -u)" = 10001 ] || fail "not user 10001"
compose exec -T service sh -c '! touch /opt/venv/x /x 2>/dev/null' || fail "the root file system can be written"
compose exec -T service grep -q 'CapEff:.0000000000000000' /proc/1/status || fail "it has capabilities"
ok "runs as user 10001 without capabilities on a read-only file system"

# --- keys ------------------------------------------------------------------------------------------
compose run --rm -T --no-deps service clinical-reward keys new --name smoke --role score \
    >"$work/key" 2>"$work/key.err" || { cat "$work/key.err" >&2; fail "keys new"; }
key=$(sed -n 's/^key[^:]*: *//p' "$work/key")
sed -n 's/^line[^:]*: *//p' "$work/key" >"$work/keys"
chmod 755 "$work" && chmod 644 "$work/keys"
KEYS_FILE=$work/keys compose -f docker-compose.yml -f docker/keys.yml up -d --wait service \
    2>"$work/up" || { cat "$work/up" >&2; fail "service with keys does not become healthy"; }
url=http://$(address service 8000)
get "$url/readyz" 200
score "$url" 401
score "$url" 401 -H 'Authorization: Bearer wrong'
score "$url" 200 -H "Authorization: Bearer $key"
cmp -s "$work/body" "$work/first" || fail "a key changes the scores"
if compose logs service | grep -qF "$key"; then fail "the key is in the log"; fi
ok "with keys: 401 without and with a wrong one, 200 with the right one, which no log holds"

# --- replicas --------------------------------------------------------------------------------------
compose up -d --wait service replica balancer 2>"$work/up" || { cat "$work/up" >&2; fail "replicas do not become healthy"; }
until_true scorers_up_are 3 || fail "the load balancer knows $(scorers_up) replicas instead of 3"
url=http://$(address balancer 8000)
score "$url" 200
cmp -s "$work/body" "$work/first" || fail "another answer through the load balancer"
get "$url/metrics" 404
ok "3 replicas behind the load balancer give the same bytes"

compose run --rm -T --no-deps --name "$COMPOSE_PROJECT_NAME-load" demo \
    python - http://balancer:8000 2 <docker/smoke_load.py >"$work/load" 2>"$work/load.err" &
load=$!
until_true says 'load runs' "$work/load" || { cat "$work/load.err" >&2; fail "the load does not start"; }
sleep 6
killed=$(docker ps -q --filter "name=$COMPOSE_PROJECT_NAME-replica-1")
docker kill "$killed" >/dev/null
until_true scorers_up_are 2 || fail "the load balancer still sends to the killed replica"
ok "a replica killed under load; the load balancer left it out"
sleep 4
docker start "$killed" >/dev/null
until_true scorers_up_are 3 || fail "the load balancer does not take the replica back"
ok "the replica started again; the load balancer took it back"
compose stop --timeout 40 service >/dev/null 2>&1
ok "another replica stopped under load (SIGTERM)"
sleep 3
docker kill --signal TERM "$COMPOSE_PROJECT_NAME-load" >/dev/null
wait "$load" || { cat "$work/load" "$work/load.err" >&2; fail "the load lost completions"; }
figures=$(tail -1 "$work/load")
says '"lost": 0, "different": 0' "$work/load" || fail "lost or different: $figures"
ok "under load nothing was lost, no score differed: $figures"
compose stop --timeout 40 balancer replica >/dev/null 2>&1

# --- monitoring ------------------------------------------------------------------------------------
if [ "$monitoring" = yes ]; then
    compose up -d --wait service prometheus 2>"$work/up" || { cat "$work/up" >&2; fail "Prometheus does not start"; }
    url=http://$(address prometheus 9090)
    asked() { get "$url/api/v1/query?query=clinical_reward_ready" 200 && says '"value":\[[0-9.]*,"1"\]' "$work/body"; }
    until_true asked || fail "Prometheus has no metrics of the service: $(cat "$work/body")"
    get "$url/api/v1/rules" 200
    says ClinicalReward "$work/body" || fail "Prometheus has no alerts"
    ok "Prometheus asks the service and has the alerts"
    compose up -d --wait grafana 2>"$work/up" || { cat "$work/up" >&2; fail "Grafana does not start"; }
    url=http://$(address grafana 3000)
    serves() { [ "$(curl -s -o "$work/body" -w '%{http_code}' "$url/api/dashboards/uid/clinical-reward")" = 200 ]; }
    until_true serves || fail "Grafana has no dashboard: $(head -c 300 "$work/body")"
    ok "Grafana has the dashboard: $url/d/clinical-reward"
fi

# --- demonstration ---------------------------------------------------------------------------------
if [ "$demo" = yes ]; then
    compose up -d --wait service 2>"$work/up" || { cat "$work/up" >&2; fail "service does not become healthy"; }
    before=$SECONDS
    compose run -T --name "$COMPOSE_PROJECT_NAME-demo" demo >"$work/demo" 2>&1 || { tail -30 "$work/demo" >&2; fail "the demonstration"; }
    docker cp -q "$COMPOSE_PROJECT_NAME-demo:/runs/demo/report.html" "$work/report.html"
    docker rm "$COMPOSE_PROJECT_NAME-demo" >/dev/null
    ok "the trainer's demonstration ended with status 0 after $((SECONDS - before)) s and wrote its report"
fi

# --- stop ------------------------------------------------------------------------------------------
if [ "$keep" = no ]; then
    compose down --volumes --timeout 40 >/dev/null 2>&1
    left=$(for kind in "container ls --all" "volume ls" "network ls"; do
        # shellcheck disable=SC2086  # two or three words
        docker $kind --quiet --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME"
    done)
    [ -z "$left" ] || fail "something is left: $left"
    ok "all stopped and removed"
fi
echo "all $checks checks held, $((SECONDS - started)) s"
