"""The demonstration: bundled cases, scored over HTTP, with what the scores tell.

python -m reward_service.demo            starts the service, scores, reports, stops it
python -m reward_service.demo --url URL  uses a service that runs already
"""
