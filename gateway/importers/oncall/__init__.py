"""Translation of the exports of other on-call products into a routes.yaml.

Each product has a package that reads its exports into the records of `model`. One writer makes
rotas, people, teams and escalations of them; `verify` compares the result with what the product
itself says about who is on call when.
"""
