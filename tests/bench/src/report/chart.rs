//! The chart: CPU time beside that of the base, one group of bars per workload.

use std::error::Error;

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::Results;
use super::numbers::{Spread, Summary};

type Done = Result<(), Box<dyn Error>>;

/// In pixels.
const SIZE: (u32, u32) = (1100, 420);
/// Bars above it are cut, and say how high they are.
const CUT: f64 = 6.0;
const BORDER: RGBColor = RGBColor(0xd0, 0xd7, 0xde);
const COLORS: [RGBColor; 8] = [
    RGBColor(0x8c, 0x95, 0x9f),
    RGBColor(0xd4, 0xa7, 0x2c),
    RGBColor(0x09, 0x69, 0xda),
    RGBColor(0x1a, 0x7f, 0x37),
    RGBColor(0x82, 0x50, 0xdf),
    RGBColor(0xcf, 0x22, 0x2e),
    RGBColor(0x1b, 0x9e, 0xa3),
    RGBColor(0xbf, 0x39, 0x89),
];
/// The width of the legend, of which a group is 1.
const LEGEND: f64 = 1.3;

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

type Root<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Plane<'a> = ChartContext<'a, SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// As SVG.
pub(super) fn draw(results: &Results) -> Result<String, Box<dyn Error>> {
    let clients = results.clients(&results.workloads(false));
    let groups = groups(results, &clients);
    let bars = groups.iter().flat_map(|group| &group.bars);
    let highest = bars.map(|bar| bar.ratio.most).fold(1.5, f64::max);
    let mut svg = String::new();
    let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    fill(&root, &groups, &clients, highest.min(CUT))?;
    root.present()?;
    drop(root);
    Ok(svg)
}

fn fill(root: &Root<'_>, groups: &[Group<'_>], clients: &[&str], highest: f64) -> Done {
    let caption = "CPU time, relative to plain sockets (over TLS: to curl)";
    let mut plane = ChartBuilder::on(root)
        .caption(caption, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(44)
        // Room for the numbers above the bars, and for the legend beside them.
        .build_cartesian_2d(0.0..groups.len() as f64 + LEGEND, 0.0..highest * 1.08)?;
    let mut mesh = plane.configure_mesh();
    mesh.disable_x_mesh()
        .x_labels(0)
        .light_line_style(TRANSPARENT);
    mesh.y_label_formatter(&|value| format!("{value:.1}×"))
        .draw()?;
    for (index, name) in clients.iter().enumerate() {
        bars(&mut plane, groups, index, name, clients.len())?;
    }
    for (at, group) in groups.iter().enumerate() {
        numbers(&plane, at, group, clients.len())?;
        let (x, y) = plane
            .plotting_area()
            .map_coordinate(&(at as f64 + 0.5, 0.0));
        below(root, group.workload, (x, y + 8), 14)?;
        below(root, &format!("1× = {}", group.base), (x, y + 26), 11)?;
    }
    let mut labels = plane.configure_series_labels();
    labels.position(SeriesLabelPosition::UpperRight);
    labels.background_style(WHITE).border_style(BORDER).draw()?;
    Ok(())
}

/// Where a bar begins and how wide it is; a group is 1 wide.
fn place(at: usize, client: usize, clients: usize) -> (f64, f64) {
    let width = 0.86 / clients as f64;
    (at as f64 + 0.07 + width * client as f64, width * 0.92)
}

/// The bars of one client.
fn bars(
    plane: &mut Plane<'_>,
    groups: &[Group<'_>],
    index: usize,
    name: &str,
    clients: usize,
) -> Done {
    let color = COLORS[index % COLORS.len()].filled();
    let bars = groups.iter().enumerate().flat_map(|(at, group)| {
        let own = group.bars.iter().filter(|bar| bar.client == index);
        own.map(move |bar| {
            let (left, width) = place(at, index, clients);
            let top = (left + width, bar.ratio.median.min(CUT));
            Rectangle::new([(left, 0.0), top], color)
        })
    });
    let legend = move |(x, y)| Rectangle::new([(x, y - 5), (x + 10, y + 5)], color);
    plane.draw_series(bars)?.label(name).legend(legend);
    Ok(())
}

/// What each bar is in numbers, and how far its rounds were apart.
fn numbers(plane: &Plane<'_>, at: usize, group: &Group<'_>, clients: usize) -> Done {
    for bar in &group.bars {
        let (left, width) = place(at, bar.client, clients);
        let (middle, ratio) = (left + width / 2.0, bar.ratio);
        let (least, most) = (ratio.least.min(CUT), ratio.most.min(CUT));
        let line = vec![(middle, least), (middle, most)];
        plane
            .plotting_area()
            .draw(&PathElement::new(line, BLACK.mix(0.6)))?;
        let style = ("sans-serif", 10).into_font().color(&BLACK);
        let style = style.pos(Pos::new(HPos::Center, VPos::Bottom));
        let cut = if ratio.median > CUT { " ↑" } else { "" };
        let text = Text::new(format!("{:.2}{cut}", ratio.median), (middle, most), style);
        plane.plotting_area().draw(&text)?;
    }
    Ok(())
}

fn below(root: &Root<'_>, text: &str, at: (i32, i32), size: i32) -> Done {
    let style = ("sans-serif", size).into_font().color(&BLACK);
    let style = style.pos(Pos::new(HPos::Center, VPos::Top));
    root.draw(&Text::new(text, at, style))?;
    Ok(())
}
