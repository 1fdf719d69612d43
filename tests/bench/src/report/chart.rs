//! The chart: CPU time beside that of the base, one group of bars per workload.

use std::error::Error;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::Results;
use super::numbers::{Spread, Summary};

type Done = Result<(), Box<dyn Error>>;

/// In pixels.
const SIZE: (u32, u32) = (1000, 420);
/// Bars above it are cut, and say how high they are.
const TOP: f64 = 6.0;
const COLORS: [RGBColor; 6] = [
    RGBColor(0x8c, 0x95, 0x9f),
    RGBColor(0xd4, 0xa7, 0x2c),
    RGBColor(0x09, 0x69, 0xda),
    RGBColor(0x1a, 0x7f, 0x37),
    RGBColor(0x82, 0x50, 0xdf),
    RGBColor(0xcf, 0x22, 0x2e),
];

struct Bar {
    client: usize,
    ratio: Spread,
}

struct Group<'a> {
    workload: &'a str,
    base: &'a str,
    bars: Vec<Bar>,
}

fn groups<'a>(results: &'a Results, clients: &[&str]) -> Vec<Group<'a>> {
    let group = |workload: &'a str| {
        let bar = |(client, name): (usize, &&str)| {
            let ratio = Summary::new(results, workload, name).ratio(|run| run.cost.cpu())?;
            Some(Bar { client, ratio })
        };
        let bars: Vec<Bar> = clients.iter().enumerate().filter_map(bar).collect();
        let run = results.runs.iter().find(|run| run.workload == workload)?;
        (!bars.is_empty()).then_some(Group {
            workload,
            base: &run.base,
            bars,
        })
    };
    results
        .workloads(false)
        .into_iter()
        .filter_map(group)
        .collect()
}

/// As SVG.
pub(super) fn draw(results: &Results) -> Result<String, Box<dyn Error>> {
    let clients = results.clients(&results.workloads(false));
    let groups = groups(results, &clients);
    let ratios = groups
        .iter()
        .flat_map(|group| &group.bars)
        .map(|bar| bar.ratio.most);
    let top = ratios.fold(1.5, f64::max).min(TOP) * 1.08;
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        root.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(&root)
            .caption(
                "CPU time, relative to plain sockets (over TLS: to curl)",
                ("sans-serif", 18),
            )
            .margin(12)
            .x_label_area_size(44)
            .y_label_area_size(44)
            .build_cartesian_2d(0.0..groups.len().max(1) as f64, 0.0..top)?;
        let mut mesh = chart.configure_mesh();
        mesh.disable_x_mesh()
            .x_labels(0)
            .light_line_style(TRANSPARENT);
        mesh.y_label_formatter(&|value| format!("{value:.1}×"))
            .draw()?;
        for (index, name) in clients.iter().enumerate() {
            let color = COLORS[index % COLORS.len()];
            let bars = groups.iter().enumerate().flat_map(|(at, group)| {
                let of_client = group.bars.iter().filter(move |bar| bar.client == index);
                of_client.map(move |bar| (at, bar))
            });
            let place = |(at, bar): (usize, &Bar)| {
                let width = 0.86 / clients.len() as f64;
                let left = at as f64 + 0.07 + width * bar.client as f64;
                let corners = [
                    (left, 0.0),
                    (left + width * 0.92, bar.ratio.median.min(top)),
                ];
                Rectangle::new(corners, color.filled())
            };
            let legend =
                move |(x, y)| Rectangle::new([(x, y - 5), (x + 10, y + 5)], color.filled());
            chart
                .draw_series(bars.map(place))?
                .label(*name)
                .legend(legend);
        }
        let mut labels = chart.configure_series_labels();
        labels.position(SeriesLabelPosition::UpperRight);
        labels
            .background_style(WHITE)
            .border_style(RGBColor(0xd0, 0xd7, 0xde))
            .draw()?;
        let area = chart.plotting_area();
        for (at, group) in groups.iter().enumerate() {
            numbers(area, at, group, clients.len(), top)?;
        }
        for (at, group) in groups.iter().enumerate() {
            let (x, y) = area.map_coordinate(&(at as f64 + 0.5, 0.0));
            below(&root, group.workload, (x, y + 8), 14)?;
            below(&root, &format!("1× = {}", group.base), (x, y + 26), 11)?;
        }
        root.present()?;
    }
    Ok(svg)
}

fn below<B: DrawingBackend>(
    root: &DrawingArea<B, plotters::coord::Shift>,
    text: &str,
    at: (i32, i32),
    size: i32,
) -> Done
where
    B::ErrorType: 'static,
{
    let style = ("sans-serif", size).into_font().color(&BLACK);
    let style = style.pos(Pos::new(HPos::Center, VPos::Top));
    root.draw(&Text::new(text.to_owned(), at, style))?;
    Ok(())
}

/// What each bar is in numbers, and how far its rounds were apart.
fn numbers<B: DrawingBackend>(
    area: &DrawingArea<
        B,
        Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
    >,
    at: usize,
    group: &Group<'_>,
    clients: usize,
    top: f64,
) -> Done
where
    B::ErrorType: 'static,
{
    let width = 0.86 / clients as f64;
    for bar in &group.bars {
        let middle = at as f64 + 0.07 + width * (bar.client as f64 + 0.46);
        let (least, most) = (bar.ratio.least.min(top), bar.ratio.most.min(top));
        let line = vec![(middle, least), (middle, most)];
        area.draw(&PathElement::new(line, BLACK.mix(0.6)))?;
        let style = ("sans-serif", 10).into_font().color(&BLACK);
        let style = style.pos(Pos::new(HPos::Center, VPos::Bottom));
        let text = format!("{:.2}", bar.ratio.median);
        let height = most.max(bar.ratio.median.min(top)).min(top * 0.97);
        area.draw(&Text::new(text, (middle, height), style))?;
    }
    Ok(())
}
