"""Runs a program as Pulumi's language host for Python does: `run.py <engine> <project> <stack> <config as JSON> <program>`."""

import asyncio
import json
import runpy
import sys

import pulumi.runtime

engine, project, stack, config, program = sys.argv[1:]
pulumi.runtime.configure(
    pulumi.runtime.Settings(
        project=project,
        stack=stack,
        monitor=engine,
        engine=engine,
        parallel=16,
        dry_run=False,
        organization="organization",
    )
)
pulumi.runtime.set_all_config(json.loads(config))
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: runpy.run_path(program, run_name="__main__")))
