using System.Text;
using VirtSpecs.Yaml;
using YamlDotNet.RepresentationModel;

namespace VirtBenchmarks.Figures;

/// <summary>A lab of 500 machines, read and checked as specs. The peer only composes YAML's nodes, which is a part of our work.</summary>
internal sealed class SpecReadingFigure : Figure
{
    private string _text = "";

    internal override string Name => "spec reading, 500 machines";

    internal override string Unit => "ms";

    internal override bool LargerIsBetter => false;

    internal override string Peer => "YamlDotNet's nodes, unchecked";

    internal override void Prepare()
    {
        var lab = new StringBuilder();
        for (var i = 0; i < 500; i++)
        {
            lab.Append($"---\napiVersion: virttools/v1\nkind: Machine\nname: web{i:000}\nprocessors: 2\nmemory: 512MiB\n")
                .Append("boot:\n  image: debian-12-cloud\n  commandLine: console=ttyS0\nstop: {timeout: 30s}\n");
        }

        _text = lab.ToString();
    }

    internal override double MeasureOurs() => Work.Seconds(() => SpecYaml.Parse(_text)) * 1000;

    internal override double MeasurePeer() => Work.Seconds(() => new YamlStream().Load(new StringReader(_text))) * 1000;
}
