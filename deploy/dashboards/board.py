"""JSON of a dashboard, built with Grafana's own builders."""

import json

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as common_models
from grafana_foundation_sdk.models import dashboard as models

from deploy.dashboards.model import Board, Kind, Marks, Panel, Query, Variable

HEIGHT = 8
"""Height of every panel, in Grafana's rows of 30 pixels."""

_SOURCE = models.DataSourceRef(type_val="prometheus", uid="${datasource}")
_PanelBuilder = timeseries.Panel | stat.Panel


class _MarksQuery(models.AnnotationQuery):
    """An annotation whose series are times. The builders know no fields of Prometheus."""

    def __init__(self, marks: Marks) -> None:
        super().__init__(
            name=marks.name, datasource=_SOURCE, icon_color="blue", built_in=None, expr=marks.expr
        )
        self._text = marks.text

    def build(self) -> models.AnnotationQuery:
        """Return itself: dashboards take builders only."""
        return self

    def to_json(self) -> dict[str, object]:
        """Return the fields of an annotation of Prometheus."""
        fields = {"useValueForTime": "on", "titleFormat": self._text, "step": "60s"}
        return super().to_json() | fields


def board_json(board: Board) -> str:
    """Return a dashboard as Grafana imports it; the same text for the same dashboard."""
    builder = (
        dashboard.Dashboard(board.title)
        .uid(board.uid)
        .description(
            f"{board.purpose} Owner: {board.owner}. Reviewed: {board.reviewed}. "
            "Generated: change it in deploy/dashboards."
        )
        .tags([board.tag, f"owner:{board.owner}"])
        .time(board.since, "now")
        .refresh("1m")
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .readonly()
        .annotation(_MarksQuery(board.deployments))
        .link(
            dashboard.DashboardLink("More dashboards")
            .type(models.DashboardLinkType.DASHBOARDS)
            .tags([board.tag])
            .as_dropdown(True)
            .keep_time(True)
        )
        .with_variable(
            dashboard.DatasourceVariable("datasource").label("Prometheus").type("prometheus")
        )
        .with_variable(dashboard.ConstantVariable("runbooks").value(board.runbooks))
    )
    for variable in board.variables:
        builder.with_variable(_variable(variable))
    number = 0
    for row in board.rows:
        number += 1
        builder.with_row(dashboard.Row(row.title).id(number))
        for panel in row.panels:
            number += 1
            builder.with_panel(_panel(panel).id(number))
    return json.dumps(builder.build(), cls=JSONEncoder, sort_keys=True, indent=2) + "\n"


def _variable(variable: Variable) -> dashboard.QueryVariable:
    query = f"label_values({variable.metric}, {variable.name})"
    builder = (
        dashboard.QueryVariable(variable.name)
        .label(variable.label)
        .datasource(_SOURCE)
        .query({"query": query, "refId": variable.name})
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(models.VariableSort.ALPHABETICAL_ASC)
    )
    if variable.several:
        everything = models.VariableOption(text="All", value="$__all", selected=True)
        builder.multi(True).include_all(True).all_value(".*").current(everything)
    return builder


def _panel(panel: Panel) -> _PanelBuilder:
    builder = _number() if panel.kind is Kind.NUMBER else _graph(panel)
    builder = (
        builder.title(panel.title)
        .description(description(panel))
        .links(
            [
                dashboard.DashboardLink(f"Runbook: {panel.runbook.removeprefix('../')}")
                .type(models.DashboardLinkType.LINK)
                .url(f"${{runbooks}}/{panel.runbook}")
                .target_blank(True)
            ]
        )
        .datasource(_SOURCE)
        .unit(panel.unit.value)
        .min(0)
        .span(panel.width)
        .height(HEIGHT)
        .thresholds(_thresholds(panel.limit))
    )
    for letter, query in zip("ABCDEFGH", panel.queries, strict=False):
        builder.with_target(_target(query, letter))
    return builder


def description(panel: Panel) -> str:
    """Return three of a panel's texts as Markdown; the fourth is its link."""
    return f"{panel.shows}\n\n**Normal:** {panel.normal}\n\n**Otherwise:** {panel.action}"


def _graph(panel: Panel) -> timeseries.Panel:
    builder = (
        timeseries.Panel()
        .legend(
            common.VizLegendOptions()
            .display_mode(common_models.LegendDisplayMode.TABLE)
            .placement(common_models.LegendPlacement.BOTTOM)
            .show_legend(True)
            .calcs(["lastNotNull", "max"])
        )
        .tooltip(
            common.VizTooltipOptions()
            .mode(common_models.TooltipDisplayMode.MULTI)
            .sort(common_models.SortOrder.DESCENDING)
        )
    )
    if panel.kind is Kind.BARS:
        builder.draw_style(common_models.GraphDrawStyle.BARS).fill_opacity(80).stacking(
            common.StackingConfig().mode(common_models.StackingMode.NORMAL)
        )
    if panel.limit is not None:
        builder.thresholds_style(
            common.GraphThresholdsStyleConfig().mode(common_models.GraphThresholdsStyleMode.LINE)
        )
    return builder


def _number() -> stat.Panel:
    return stat.Panel().reduce_options(
        common.ReduceDataOptions().calcs(["lastNotNull"]).values(False)
    )


def _thresholds(limit: float | None) -> dashboard.ThresholdsConfig:
    steps = [models.Threshold(value=None, color="green")]
    if limit is not None:
        steps.append(models.Threshold(value=limit, color="red"))
    return dashboard.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(steps)


def _target(query: Query, letter: str) -> prometheus.Dataquery:
    return (
        prometheus.Dataquery()
        .expr(query.expr)
        .legend_format(query.legend)
        .ref_id(letter)
        .datasource(_SOURCE)
        .range()
    )
