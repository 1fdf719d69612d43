#!/usr/bin/env bash
# Runs the official Node and Python SDKs against the emulator: with the right secret every call
# must succeed, with a wrong one every call must be refused with 403.
# usage: run.sh [path of the emulator's binary]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
work=$target/calibrate
NODE_SDK=2.15.4
PYTHON_SDK=1.9.44 # calls itself 5.1.9.44

if [ $# -ge 1 ]; then
    emulator=$1
else
    (cd "$root" && cargo build --quiet --release -p cos-emulator)
    emulator=$target/release/cos-emulator
fi
mkdir -p "$work"
# Modules beside the script leave nothing in the tree.
export PYTHONDONTWRITEBYTECODE=1
failed=0

# One fresh emulator for each run; its standard input ends when this script lets go of it.
run() { # NAME SECRET_KEY PROGRAM...
    local name=$1 secret=$2 line
    shift 2
    coproc EMULATOR {
        exec "$emulator" --bucket examplebucket-1250000000:ap-guangzhou \
            --bucket source-1250000000:ap-beijing
    }
    local pid=$EMULATOR_PID
    read -r line <&"${EMULATOR[0]}"
    local url=${line#*\"url\":\"}
    export EMULATOR_URL=${url%%\"*} SECRET_KEY=$secret
    echo "== $name"
    "$@" || { failed=1; echo "FAILED: $name"; }
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
}

both() { # NAME PROGRAM...
    local name=$1
    shift
    EXPECT=success run "$name" 'coslinkVectorKey/+=0123456789ABCDEF' "$@"
    EXPECT=refusal run "$name, wrong secret" 'another secret' "$@"
}

if command -v npm >/dev/null && command -v node >/dev/null; then
    export NODE_MODULES_OF="$work/node"
    mkdir -p "$NODE_MODULES_OF"
    if [ ! -d "$NODE_MODULES_OF/node_modules/cos-nodejs-sdk-v5" ]; then
        npm install --prefix "$NODE_MODULES_OF" --no-audit --no-fund --silent --no-package-lock \
            "cos-nodejs-sdk-v5@$NODE_SDK"
    fi
    both "Node SDK $NODE_SDK" node "$here/calibrate.mjs"
else
    echo "SKIP: node or npm is absent, the Node SDK was not run"
fi

if command -v python3 >/dev/null && python3 -c 'import venv, ensurepip' 2>/dev/null; then
    if [ ! -x "$work/venv/bin/python" ]; then
        python3 -m venv "$work/venv"
    fi
    "$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        "cos-python-sdk-v5==$PYTHON_SDK"
    both "Python SDK $PYTHON_SDK" "$work/venv/bin/python" "$here/calibrate.py"
    echo "== Python SDK $PYTHON_SDK reads what coslink wrote"
    (cd "$root" && COSLINK_PYTHON="$work/venv/bin/python" \
        cargo test --quiet --test behavior -- keys:: --nocapture) || failed=1
else
    echo "SKIP: python3 or pip is absent, the Python SDK was not run"
fi
exit "$failed"
